import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// The threads of an engine that hash whole inputs, for many hashes at once and for verifying.
///
/// They are started when the first list comes, as many as its lanes, and wait for further lists until the engine goes.
final class HashingThreads: Sendable {
    /// The seeds used last whose caches are kept, memory permitting.
    static let keptSeeds = 8

    private struct Ahead: Hashable {
        let algorithm: Algorithm
        let epoch: Epoch
    }

    private struct State {
        var threads: [PinnedThread] = []
        var preparer: EpochPreparer?
        /// The epochs of the last lists, the most recently used last.
        var known: [Ahead] = []
        var isClosed = false
    }

    private let queue = InputQueue()
    private let state = Locked(State())
    private let cpu: CPUBackend
    private let niceness: Int

    init(_ cpu: CPUBackend, niceness: Int) { (self.cpu, self.niceness) = (cpu, niceness) }

    deinit {
        let (threads, preparer) = ended()
        guard !threads.isEmpty || preparer != nil else { return }
        Task {
            for thread in threads { await thread.joined() }
            await preparer?.stopped()
        }
    }

    /// Queues a list for a shelf's lanes. Its owner waits for the list.
    ///
    /// - Throws: ``NightjarError`` when the system starts no thread.
    func hash(_ list: InputList, with shelf: LaneShelf) throws(NightjarError) {
        guard list.count > 0 else { return }
        try start(shelf.limit)
        cpu.keepSeeds(Self.keptSeeds)
        queue.put(list, for: shelf)
        prepareAhead(list.algorithm, list.epoch)
    }

    /// Prepares the epoch of lists to come, while others are hashed.
    func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch) {
        guard epoch.seed != nil else { return }
        let next = Ahead(algorithm: algorithm, epoch: epoch)
        state.withLock { state in
            let isKnown = state.known.contains(next)
            state.known.removeAll { $0 == next }
            if state.known.count == Self.keptSeeds { state.known.removeFirst() }
            state.known.append(next)
            guard !isKnown, !state.isClosed else { return }
            // Without its thread, the lanes prepare the epoch when they come to it.
            if state.preparer == nil { state.preparer = try? EpochPreparer([cpu], niceness: niceness) }
            state.preparer?.expect(algorithm, epoch)
        }
    }

    /// Ends all threads after what is queued, blocking the calling one until then. Nothing may be queued afterwards.
    func close() {
        let (threads, preparer) = ended()
        for thread in threads { thread.join() }
        preparer?.stop()
    }

    private func ended() -> ([PinnedThread], EpochPreparer?) {
        queue.close()
        return state.withLock { state in
            state.isClosed = true
            defer { (state.threads, state.preparer) = ([], nil) }
            return (state.threads, state.preparer)
        }
    }

    private func start(_ count: Int) throws(NightjarError) {
        let refusal = state.withLock { state -> ThreadError? in
            while state.threads.count < count {
                do throws(ThreadError) {
                    state.threads.append(
                        try PinnedThread(name: "hash \(state.threads.count)", niceness: niceness) { [queue] in
                            var room = InputRoom()
                            while let portion = queue.take() {
                                portion.hash(in: &room)
                                queue.finished(portion)
                            }
                        })
                } catch {
                    // Fewer threads hash too.
                    return state.threads.isEmpty ? error : nil
                }
            }
            return nil
        }
        if let refusal { throw .noThread(refusal.description) }
    }
}

extension InputQueue.Portion {
    /// Hashes it on a lane of its shelf.
    fileprivate func hash(in room: inout InputRoom) {
        var failure: NightjarError?
        do throws(NightjarError) {
            try shelf.borrow { try room.hash(parts, on: $0, shelf.algorithm) }
        } catch { failure = error }
        for (list, range) in parts { list.finish(range, failure) }
    }
}
