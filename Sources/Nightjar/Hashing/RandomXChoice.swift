import NightjarCore

extension RandomXMode {
    /// Whether lanes should settle first (see ``Lane/settle(_:)``), given the number of hashes to make.
    ///
    /// - Parameter hashes: `nil` when there is no telling, or no end.
    package func settles(_ algorithm: Algorithm, hashes: UInt64?) -> Bool {
        switch self {
        case .light: false
        case .full: true
        case .automatic:
            // What has no dataset settles in no time.
            if let hashes, let least = algorithm.parameters.datasetPaysFrom { hashes >= least } else { true }
        }
    }
}
