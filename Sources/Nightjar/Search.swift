import NightjarCore
import Synchronization

extension Engine {
    /// Searches for nonces that meet a job's target, on all of the engine's devices, and gives each that the CPU has
    /// verified.
    ///
    /// The stream ends when all of the job's nonces have been tried. Hashing begins with the first element asked for
    /// and ends when the consumer lets go of the stream or is cancelled.
    /// - Throws: from the stream, ``EngineError/noDevice(reason:)`` when every device has failed, and failed again when
    ///   it was made anew, three times within half a minute.
    public func search(_ job: Job) -> AsyncThrowingStream<Share, any Error> {
        search(job, recovery: Recovery())
    }

    /// - Parameter recovery: what is done about devices that fail.
    package func search(_ job: Job, recovery: Recovery) -> AsyncThrowingStream<Share, any Error> {
        let search = Search(self, job: job, recovery: recovery)
        return AsyncThrowingStream { try await search.next() }
    }
}

/// A mining run with one job, that begins when it is first asked for a share.
private final class Search: Sendable {
    private struct State {
        var run: MiningRun?
        var failures: [DeviceID: String] = [:]
    }

    private let engine: Engine
    private let job: Job
    private let recovery: Recovery
    private let state = Mutex(State())

    init(_ engine: Engine, job: Job, recovery: Recovery) {
        self.engine = engine
        self.job = job
        self.recovery = recovery
    }

    deinit {
        guard let run = state.withLock(\.run) else { return }
        Task { await run.stop() }
    }

    func next() async throws -> Share? {
        let run = try started()
        while let event = await run.events.next() {
            switch event {
            case .share(let share): return share
            case .exhausted:
                // The other lanes' last batches, and what is still to be verified, are delivered by stopping.
                await run.stop()
            case .failed(let device, let reason):
                let failures = state.withLock { state in
                    state.failures[device] = reason
                    return state.failures
                }
                guard failures.count == engine.devices.count else { continue }
                await run.stop()
                throw EngineError.noDevice(
                    reason: failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
                )
            case .preparing, .ready, .recovering, .settling, .remark, .slower, .wrongHash: continue
            }
        }
        await run.stop()
        return nil
    }

    private func started() throws -> MiningRun {
        try state.withLock { state in
            if let run = state.run { return run }
            let run = try engine.makeRun(
                settles: engine.randomX.settles(job.algorithm, hashes: expectedHashes), recovery: recovery)
            run.board.post(job)
            state.run = run
            return run
        }
    }

    /// For one share, or for all nonces where those are fewer.
    private var expectedHashes: UInt64 {
        let wanted = UInt64(clamping: job.target.difficulty.value)
        guard let only = job.source.unit(0), job.source.unit(1) == nil else { return wanted }
        return min(wanted, UInt64(only.nonces.range.count))
    }
}
