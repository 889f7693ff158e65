import NightjarCore
import NightjarDevices

/// The families that OpenCL devices run. A family is a row of ``builtIn(dataset:)``.
package struct OpenCLFamilies: Sendable {
    package let rows: [any OpenCLFamily]

    package init(_ rows: [any OpenCLFamily]) { self.rows = rows }

    /// - Parameter dataset: whether RandomX lanes may prepare a dataset if there is memory for it; `nil` means on all
    ///   devices but CPUs.
    package static func builtIn(dataset: Bool? = nil) -> OpenCLFamilies {
        OpenCLFamilies([
            CryptoNightOpenCLFamily(), RandomXOpenCLFamily(dataset: dataset), SHA256dOpenCLFamily(),
            ScryptOpenCLFamily(),
        ])
    }

    /// The kernel sources that families have beside the embedded ones, by path.
    var sources: [String: String] {
        rows.reduce(into: [:]) { sources, family in sources.merge(family.sources) { first, _ in first } }
    }

    /// Whether one of them runs `algorithm`.
    package func run(_ algorithm: Algorithm) -> Bool { rows.contains { $0.runs(algorithm) } }

    /// How a device launches `algorithm`: by default, except for the settings that are given.
    ///
    /// - Throws: ``LaunchRefusal`` when the device cannot run it, or not with these settings.
    package func launch(
        _ algorithm: Algorithm, within limits: DeviceLimits, settings: TuningSettings = TuningSettings()
    ) throws(LaunchRefusal) -> any OpenCLLaunch {
        for family in rows {
            if let launch = try family.launch(algorithm, within: limits, settings: settings) { return launch }
        }
        throw LaunchRefusal(reason: "there are no kernels for the family \(algorithm.family)")
    }

    /// The settings that a tuner can try within a device's limits, the most important first. May be empty.
    package func knobs(_ algorithm: Algorithm, within limits: DeviceLimits) -> [TuningKnob] {
        rows.first { $0.runs(algorithm) }?.knobs(algorithm, within: limits) ?? []
    }
}
