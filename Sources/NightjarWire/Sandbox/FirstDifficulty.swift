import NightjarCore

extension SandboxConfiguration {
    /// The difficulty to begin with on some devices: about a share a second. The pool proves its shares slowly, and those
    /// of a lower difficulty would wait for many seconds. It adjusts the difficulty once shares come.
    ///
    /// - Parameter threads: the CPU's threads.
    package static func firstDifficulty(of algorithm: Algorithm, on devices: [Device], threads: Int) -> Difficulty {
        let parameters = algorithm.parameters
        let rates = devices.map { device in
            if device.id == .cpu { return Double(threads) * parameters.usualRate }
            // A compute unit is slower than a core where it waits for memory, and faster where it does not.
            return Double(device.computeUnits) * parameters.usualRate * (parameters.scratchpad == nil ? 2 : 0.25)
        }
        let rate = max(rates.reduce(0, +), Double(parameters.firstDifficulty))
        return Difficulty(UInt64(rate)) ?? .one
    }
}
