import NightjarCore
import NightjarDevices

/// How an algorithm is launched on a device: numbers that only its family knows, and a lane that follows them.
package protocol OpenCLLaunch: Sendable, Hashable {
    /// Hashes of a batch.
    var batch: Int { get }

    /// The number of lanes. Each has its own queue and its own batch.
    var queues: Int { get }

    /// The values that this launch has for its knobs.
    var settings: TuningSettings { get }

    /// Bytes of the scratchpad that a hash has in device memory; `nil` where the algorithm's parameters say it.
    var scratchpad: Int? { get }

    /// What a plan says about it beside its numbers, one sentence a line.
    var explanation: [String] { get }

    /// A launch without the features that a driver may get wrong, and a line that says so; `nil` when this launch has
    /// no such feature.
    var careful: (launch: Self, words: String)? { get }

    /// A new lane.
    ///
    /// - Parameter algorithm: the one that this launch was made for.
    func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane
}

extension OpenCLLaunch {
    package var queues: Int { 1 }
    package var scratchpad: Int? { nil }
    package var explanation: [String] { [] }
    package var careful: (launch: Self, words: String)? { nil }

    /// ``careful``, for callers that do not know the launch's type.
    var anyCareful: (launch: any OpenCLLaunch, words: String)? { careful.map { ($0.launch, $0.words) } }
}
