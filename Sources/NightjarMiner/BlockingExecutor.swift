import Dispatch

/// Runs an actor on its own queue, so that the actor may block its thread.
///
/// The ledger waits up to five seconds while another program writes to it. On Swift's shared pool, which has one thread
/// for each core, this would stop all other tasks of the process.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
