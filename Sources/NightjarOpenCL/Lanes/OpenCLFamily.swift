import NightjarCore
import NightjarDevices

/// How OpenCL devices run the algorithms of one family.
package protocol OpenCLFamily: Sendable {
    /// What tells its algorithms apart.
    associatedtype Parameters: AlgorithmParameters
    associatedtype Launch: OpenCLLaunch

    /// Kernel sources that are not among the embedded ones, by path; none for a family of this build's own.
    var sources: [String: String] { get }

    /// How a device launches an algorithm: the default, but for what is set.
    ///
    /// - Throws: ``LaunchRefusal`` when the device's limits do not allow it.
    func launch(
        _ parameters: Parameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> Launch

    /// What can be tried within a device's limits, what matters most first.
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

    /// None for an algorithm of another family.
    func knobs(_ algorithm: Algorithm, within limits: DeviceLimits) -> [TuningKnob] {
        (algorithm.parameters as? Parameters).map { knobs($0, within: limits) } ?? []
    }
}
