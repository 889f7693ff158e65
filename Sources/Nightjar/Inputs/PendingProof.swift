import NightjarAlgorithms
import NightjarCore

/// The proof of an input that is queued, once it has been hashed.
package struct PendingProof: Sendable {
    private let work: Work
    /// Of the one input.
    private let list: InputList

    fileprivate init(_ work: Work, _ list: InputList) { (self.work, self.list) = (work, list) }

    /// Blocks the calling thread until it is there.
    package func wait() throws(NightjarError) -> Proof { work.proof(try list.waitForOne()) }

    /// Nothing waits for it any more.
    package func giveUp() { list.giveUp() }
}

extension EngineCore {
    /// Queues the input of `work` as it stands: on the CPU for all threads that hash inputs, on another device for its next
    /// batch.
    ///
    /// - Throws: ``NightjarError`` when the device cannot run the algorithm, or the system starts no thread.
    package func pendingProof(of work: Work, on device: DeviceID) throws(NightjarError) -> PendingProof {
        let list = InputList(CollectionOfOne(work.input), algorithm: work.algorithm, epoch: work.epoch)
        try submit(list, on: device)
        return PendingProof(work, list)
    }
}
