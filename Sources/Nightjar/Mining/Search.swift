import NightjarCore
import NightjarPlatform
import Synchronization

extension Engine {
    /// Searches for nonces that meet a job's target, on all of the engine's devices, and gives each that the CPU has
    /// verified.
    ///
    /// The sequence ends when all of the job's nonces have been tried. Hashing begins with the first element asked for
    /// and ends when the iterator is let go of or its task is cancelled. Each iterator searches from the beginning.
    ///
    /// From the iterator, ``NightjarError`` is thrown when every device has failed, and failed again when it was made
    /// anew, three times within half a minute.
    public func search(_ job: Job) -> some AsyncSequence<Share, NightjarError> & Sendable {
        search(job, recovery: Recovery())
    }

    /// - Parameter recovery: the rules for devices that fail.
    package func search(_ job: Job, recovery: Recovery) -> Shares {
        Shares(core: core, job: job, recovery: recovery)
    }
}

/// The shares of a search.
package struct Shares: AsyncSequence, Sendable {
    let core: EngineCore
    let job: Job
    let recovery: Recovery

    package func makeAsyncIterator() -> Iterator {
        Iterator(search: ShareSearch(core, job: job, recovery: recovery))
    }

    package struct Iterator: AsyncIteratorProtocol {
        let search: ShareSearch

        package mutating func next() async throws(NightjarError) -> Share? { try await search.next() }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(NightjarError) -> Share? {
            try await search.next()
        }
    }
}

/// A mining run with one job, that begins when it is first asked for a share.
package final class ShareSearch: Sendable {
    private struct State {
        var run: MiningRun?
        var failures: [DeviceID: String] = [:]
    }

    /// The meaning of an event while a share is awaited.
    private enum Step {
        case share(Share)
        case goOn
        /// All nonces have been tried.
        case end
        case failure(NightjarError)
    }

    private let core: EngineCore
    private let job: Job
    private let recovery: Recovery
    private let state = Locked(State())

    package init(_ core: EngineCore, job: Job, recovery: Recovery = Recovery()) {
        self.core = core
        self.job = job
        self.recovery = recovery
    }

    deinit {
        guard let run = state.withLock(\.run) else { return }
        Task { await run.stopped() }
    }

    /// The next share; `nil` at the end, or when the task is cancelled.
    func next() async throws(NightjarError) -> Share? {
        let run = try started()
        while let event = await run.events.next() {
            switch step(event) {
            case .share(let share): return share
            case .goOn: continue
            // Stopping delivers the last batches of the other lanes and the claims that wait for the verifier.
            case .end: await run.stopped()
            case .failure(let error):
                await run.stopped()
                throw error
            }
        }
        await run.stopped()
        return nil
    }

    /// As the async one, blocking the calling thread; ``stop()`` from another thread ends the wait.
    package func waitForNext() throws(NightjarError) -> Share? {
        let run = try started()
        while let event = run.events.take() {
            switch step(event) {
            case .share(let share): return share
            case .goOn: continue
            case .end: run.stop()
            case .failure(let error):
                run.stop()
                throw error
            }
        }
        run.stop()
        return nil
    }

    /// Ends the search, blocking the calling thread until the devices' threads have ended.
    package func stop() {
        state.withLock(\.run)?.stop()
    }

    private func step(_ event: MiningEvent) -> Step {
        switch event {
        case .share(let share): return .share(share)
        case .exhausted: return .end
        case .failed(let device, let reason):
            let failures = state.withLock { state in
                state.failures[device] = reason
                return state.failures
            }
            guard failures.count == core.devices.count else { return .goOn }
            let reasons = failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return .failure(.noDevice(reason: reasons.joined(separator: "; ")))
        case .preparing, .ready, .recovering, .settling, .remark, .slower, .stale, .wrongHash: return .goOn
        }
    }

    private func started() throws(NightjarError) -> MiningRun {
        let begun = state.withLock { state -> Result<MiningRun, NightjarError> in
            if let run = state.run { return .success(run) }
            return Result { () throws(NightjarError) in
                let run = try core.makeRun(
                    settles: core.randomX.settles(job.algorithm, hashes: job.expectedHashes), recovery: recovery)
                run.board.post(job)
                state.run = run
                return run
            }
        }
        return try begun.get()
    }
}

extension Job {
    /// The hashes for one share on average; all nonces, if those are fewer.
    var expectedHashes: UInt64 {
        let wanted = UInt64(clamping: target.difficulty.value)
        guard let only = source.unit(0), source.unit(1) == nil else { return wanted }
        return min(wanted, UInt64(only.nonces.range.count))
    }
}
