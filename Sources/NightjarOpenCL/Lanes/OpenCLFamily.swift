import NightjarCore
import NightjarDevices

/// How OpenCL devices run the algorithms of one family.
package protocol OpenCLFamily: Sendable {
    /// The parameters by which its algorithms differ.
    associatedtype Parameters: AlgorithmParameters
    associatedtype Launch: OpenCLLaunch

    /// Kernel sources beside the embedded ones, by path. The families of this build have none.
    var sources: [String: String] { get }

    /// How a device launches an algorithm: by default, except for the settings that are given.
    ///
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    func launch(
        _ parameters: Parameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> Launch

    /// The settings that a tuner can try within a device's limits, the most important first.
    func knobs(_ parameters: Parameters, within limits: DeviceLimits) -> [TuningKnob]
}

extension OpenCLFamily {
    package var sources: [String: String] { [:] }

    package func knobs(_ parameters: Parameters, within limits: DeviceLimits) -> [TuningKnob] { [] }

    /// Whether `algorithm` is of this family.
    func runs(_ algorithm: Algorithm) -> Bool { algorithm.parameters is Parameters }

    /// - Returns: `nil` for an algorithm of another family.
    func launch(
        _ algorithm: Algorithm, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> (any OpenCLLaunch)? {
        guard let parameters = algorithm.parameters as? Parameters else { return nil }
        return try launch(parameters, within: limits, settings: settings)
    }

    /// Empty for an algorithm of another family.
    func knobs(_ algorithm: Algorithm, within limits: DeviceLimits) -> [TuningKnob] {
        (algorithm.parameters as? Parameters).map { knobs($0, within: limits) } ?? []
    }
}
