import NightjarCore
import NightjarDevices

/// How an algorithm is launched on a device: a family's own numbers, and the lane that they make.
package protocol OpenCLLaunch: Sendable, Hashable {
    /// Hashes of a batch.
    var batch: Int { get }

    /// Lanes, each with a queue of its own and a batch of this size.
    var queues: Int { get }

    /// What a tuner may choose, as it is here.
    var settings: TuningSettings { get }

    /// What a plan says of it beside its numbers, one sentence a line.
    var explanation: [String] { get }

    /// The same without what a device's driver may have got wrong, and what that means in words; `nil` when there is
    /// nothing to leave out.
    var careful: (launch: Self, words: String)? { get }

    /// A lane that launches so.
    ///
    /// - Parameter algorithm: the one that the launch was made for.
    func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(DeviceError) -> any Lane
}

extension OpenCLLaunch {
    package var queues: Int { 1 }
    package var explanation: [String] { [] }
    package var careful: (launch: Self, words: String)? { nil }

    /// ``careful`` of a launch whose type is not known.
    var anyCareful: (launch: any OpenCLLaunch, words: String)? { careful.map { ($0.launch, $0.words) } }
}
