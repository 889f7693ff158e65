import NightjarCore

/// The families that the native CPU runs. A family is a row.
package enum CPUFamilies {
    package static let builtIn: [any CPUFamily.Type] = [CryptoNightCPUFamily.self, RandomXCPUFamily.self]

    /// Whether one of them runs `algorithm`.
    package static func run(_ algorithm: Algorithm) -> Bool { builtIn.contains { $0.runs(algorithm) } }
}
