import Dispatch

/// Runs an actor on a queue of its own, whose thread it may block.
///
/// The ledger waits up to five seconds for another program that writes. On Swift's shared pool, which has a thread for
/// each core, that would hold up all that the process does.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
