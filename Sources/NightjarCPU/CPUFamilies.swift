import NightjarCore

/// The families that the native CPU runs, one row each.
package enum CPUFamilies {
    package static let builtIn: [any CPUFamily.Type] = [
        CryptoNightCPUFamily.self, RandomXCPUFamily.self, SHA256dCPUFamily.self, ScryptCPUFamily.self,
    ]

    /// Whether one of the families runs `algorithm`.
    package static func run(_ algorithm: Algorithm) -> Bool { builtIn.contains { $0.runs(algorithm) } }
}
