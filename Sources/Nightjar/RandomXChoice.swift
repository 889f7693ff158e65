import NightjarAlgorithms

extension RandomXMode {
    /// Whether lanes that are to hash so many nonces of an algorithm are to settle first (see ``Lane/settle(_:)``).
    ///
    /// A light hash computes the dataset items that it reads, 16384 for most variants, and a dataset has 34 million:
    /// where fewer hashes are wanted than compute as many items as there are (2080 for most variants), ``automatic`` is
    /// light.
    ///
    /// - Parameter hashes: `nil` when there is no telling, or no end.
    package func settles(_ algorithm: Algorithm, hashes: UInt64?) -> Bool {
        switch (self, algorithm.family) {
        case (.light, _): return false
        case (.full, _), (.automatic, .cryptonight): return true
        case (.automatic, .randomx(let parameters)):
            guard let hashes else { return true }
            let items = UInt64(parameters.programCount * parameters.programIterations)
            let (wanted, overflow) = hashes.multipliedReportingOverflow(by: items)
            return overflow || wanted >= parameters.datasetItems
        }
    }
}
