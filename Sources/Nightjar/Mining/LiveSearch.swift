import Glibc
import NightjarCore
import NightjarPlatform

/// A search whose job can be replaced. It calls a function with each share, on a thread of its own.
package final class LiveSearch: Sendable {
    private let run: MiningRun
    /// Locked while the function runs, so that none of an old job's shares comes after a replacement.
    private let job: Monitor<JobID>
    /// The devices that are not used any more.
    private let failed: Monitor<Set<DeviceID>>
    private let thread: PinnedThread
    /// The thread on which the function runs, once it has begun.
    private let caller: Monitor<pthread_t?>
    private let devices: Int

    /// Begins at once.
    ///
    /// - Parameter found: called with one share at a time. It must not stop the search or replace its job.
    /// - Throws: ``NightjarError``: `memory` when the system grants too few threads.
    package init(
        _ core: EngineCore, _ job: Job, found: @escaping @Sendable (Share) -> Void
    ) throws(NightjarError) {
        let run = try core.makeRun(settles: core.randomX.settles(job.algorithm, hashes: job.expectedHashes))
        let current = Monitor(job.id)
        let failed = Monitor<Set<DeviceID>>([])
        let caller = Monitor<pthread_t?>(nil)
        run.board.post(job)
        do {
            thread = try PinnedThread(name: "search") {
                caller.withLock { $0 = pthread_self() }
                while let event = run.events.take() {
                    switch event {
                    case .share(let share): current.withLock { if share.jobID == $0 { found(share) } }
                    case .failed(let device, reason: _): failed.withLock { _ = $0.insert(device) }
                    default: break
                    }
                }
            }
        } catch {
            run.stop()
            throw .noThread(error.description)
        }
        self.run = run
        self.job = current
        self.failed = failed
        self.caller = caller
        devices = core.devices.count
    }

    /// Replaces the job. When this returns, no share of the old one is given any more.
    ///
    /// - Throws: ``NightjarError``: `busy` when the search's function calls it.
    package func replace(_ job: Job) throws(NightjarError) {
        try refuseOwnThread()
        self.job.withLock { $0 = job.id }
        // A device that cannot run the old job's algorithm may be able to run this one's.
        failed.withLock { $0 = [] }
        run.board.post(job)
    }

    /// The hashes made since the start.
    ///
    /// - Throws: ``NightjarError``: `device` when no device is left.
    package func hashes() throws(NightjarError) -> UInt64 {
        guard failed.withLock({ $0.count < devices }) else { throw .noDevice(reason: "every one has failed") }
        return run.hashCounts().reduce(0) { $0 + $1.hashes }
    }

    /// Ends the search, blocking the calling thread until all of its threads have ended.
    ///
    /// - Throws: ``NightjarError``: `busy` when the search's function calls it.
    package func stop() throws(NightjarError) {
        try refuseOwnThread()
        run.stop()
        thread.join()
    }

    private func refuseOwnThread() throws(NightjarError) {
        let own = caller.withLock { $0 }
        if let own, pthread_equal(own, pthread_self()) != 0 { throw .busy("the search's own function calls") }
    }
}
