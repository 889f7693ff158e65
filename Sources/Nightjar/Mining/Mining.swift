import NightjarCore

extension Engine {
    /// Starts a mining run on all of the engine's devices, without a job.
    ///
    /// Lanes kept for single hashes are let go, so that their memory is there for mining.
    /// - Throws: ``NightjarError``: `memory` when the system grants too few threads.
    public func startMining() throws(NightjarError) -> Mining { try startMining(recovery: Recovery()) }

    /// As ``startMining()``.
    ///
    /// - Parameters:
    ///   - auditInterval: how often a batch of each device is audited.
    ///   - eventCapacity: how many events may wait before the lanes do.
    ///   - recovery: the rules for devices that fail.
    ///   - devices: those of the engine's devices that mine in this run; `nil` means all.
    ///   - runs: how many runs there are on this engine at once. The CPU's lanes make room for the verifiers of all, and
    ///     the caches of all their seeds are kept as memory permits.
    ///   - earlier: runs that are over: no nonce that one of them tried for a Work is tried for it again.
    package func startMining(
        auditInterval: Duration = MiningRun.auditInterval, eventCapacity: Int = MiningRun.eventCapacity,
        recovery: Recovery = Recovery(), on devices: [DeviceID]? = nil, runs: Int = 1, after earlier: [Mining] = []
    ) throws(NightjarError) -> Mining {
        core.kept.closeInBackground()
        core.shelves.releaseIdle()
        return Mining(
            try core.makeRun(
                settles: core.randomX != .light, auditInterval: auditInterval, eventCapacity: eventCapacity,
                recovery: recovery, on: devices, runs: runs, after: earlier.map(\.run)))
    }
}

/// A long-lived mining run on an engine's devices. Lanes stay alive from job to job; each device first passes its known
/// answers for the job's algorithm.
///
/// Read ``events`` all the time: when too many wait, the lanes do too. End a run with ``stop()``.
public final class Mining: Sendable {
    let run: MiningRun

    init(_ run: MiningRun) { self.run = run }

    deinit {
        // Let go of without being stopped: the threads still end, and a task waits for them.
        let run = run
        Task { await run.stopped() }
    }

    /// Puts a job up for all lanes, in place of the last one; each takes it up after its batch in hand.
    ///
    /// A job whose seed is another than the last one's costs each lane what ``RandomXMode`` says of datasets. The
    /// job's next epoch is prepared in the background.
    ///
    /// - Parameter job: `nil` leaves the lanes idle until the next job.
    public func setJob(_ job: Job?) { run.board.post(job) }

    /// Shares of these jobs are worth nothing from now on: what the devices find for them is reported as
    /// ``MiningEvent/stale(_:)`` and not verified. Replaces the set of the last call.
    package func giveUp(_ jobs: Set<JobID>) { run.giveUp(jobs) }

    /// What happens, in order, until ``stop()`` is through. Events wait for their reader; with several readers each
    /// event goes to one of them.
    public var events: AsyncStream<MiningEvent> {
        let channel = run.events
        return AsyncStream { await channel.next() }
    }

    /// Hashes done by each device since the start, the known answers' aside.
    public func hashCounts() -> [(device: DeviceID, hashes: UInt64)] { run.hashCounts() }

    /// How far each device can be trusted, by what the CPU has checked since the start.
    package func health() -> [DeviceHealth] { run.health() }

    /// Ends the run: lanes finish their batches, every candidate is verified, all threads are joined, ``events`` ends.
    /// When this returns, what ``events`` has not delivered yet still waits there. It is not cut short by cancelling
    /// the task: nothing that was found is lost.
    public func stop() async { await run.stopped() }
}
