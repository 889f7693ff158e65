import NightjarCPU
import NightjarCore
import NightjarPlatform
import Synchronization

/// The job that all lanes work on, and which nonces of which blob have been tried.
///
/// Lanes read ``generation`` after every batch, which costs them nothing, and look at the board only when it has moved.
/// Nonces belong to the blob, not to the job: pools send one blob under several names, after a reconnect for example,
/// and a nonce that was tried for it once is not tried again.
package final class JobBoard: Sendable {
    /// What a lane is given.
    package enum Reservation: Hashable {
        /// Nonces that are this lane's alone.
        case nonces(Range<UInt64>)
        /// The job has been replaced: look at the board.
        case outdated
        /// Every nonce has been given out; `first` for the first lane to hear it for this job.
        case exhausted(first: Bool)
    }

    /// What stands on the board.
    package struct Posting: Sendable {
        /// `nil`: nothing to do for now.
        package let job: Job?
        package let generation: UInt64
        /// Lanes are to end.
        package let isClosed: Bool
    }

    private struct State {
        var job: Job?
        var generation: UInt64 = 0
        var isClosed = false
        var exhaustedSaid = false
        /// The most recently used last, which is the current job's.
        var blobs: [(key: Blob, tried: TriedNonces)] = []
    }

    private let state = Monitor(State())
    private let published = Atomic<UInt64>(0)
    /// Blobs remembered. A pool's jobs are replaced within minutes; this covers hours.
    private let remembered: Int

    /// - Parameter earlier: a board that is closed, whose blobs are remembered here.
    package init(remembered: Int = 64, after earlier: JobBoard? = nil) {
        self.remembered = remembered
        guard let blobs = earlier?.state.withLock(\.blobs) else { return }
        state.withLock { $0.blobs = Array(blobs.suffix(remembered)) }
    }

    /// Moves with every change of the board.
    package var generation: UInt64 { published.load(ordering: .acquiring) }

    package var posting: Posting { state.withLock { Self.posting($0) } }

    /// Puts a job up in place of the last one; `nil` leaves the lanes idle. Nothing after ``close()``.
    package func post(_ job: Job?) {
        state.change { state in
            guard !state.isClosed else { return }
            state.job = job
            state.exhaustedSaid = false
            if let job {
                let key = Blob(job.work)
                if let index = state.blobs.firstIndex(where: { $0.key == key }) {
                    let entry = state.blobs.remove(at: index)
                    state.blobs.append(entry)
                } else {
                    if state.blobs.count == remembered { state.blobs.removeFirst() }
                    state.blobs.append((key, TriedNonces()))
                }
            }
            move(&state)
        }
    }

    /// Sends every lane home.
    package func close() {
        state.change { state in
            guard !state.isClosed else { return }
            state.isClosed = true
            state.job = nil
            move(&state)
        }
    }

    /// Wakes everything that waits here, to look again at conditions of its own.
    package func nudge() { state.change { move(&$0) } }

    /// Blocks the thread until the board moves on from `generation`.
    package func wait(after generation: UInt64) -> Posting {
        state.wait { $0.generation == generation ? nil : Self.posting($0) }
    }

    /// Blocks the thread for so long, or until the board is closed.
    ///
    /// - Returns: whether it is closed.
    package func closes(within pause: Duration) -> Bool {
        let milliseconds =
            Int(clamping: pause.components.seconds) * 1000
            + Int(pause.components.attoseconds / 1_000_000_000_000_000)
        return state.wait(milliseconds: milliseconds) { $0.isClosed ? true : nil } ?? false
    }

    /// Gives out the next nonces of the current job.
    ///
    /// - Parameters:
    ///   - generation: of the posting that the lane works on.
    ///   - count: at most so many, at least 1.
    package func reserve(_ count: Int, generation: UInt64) -> Reservation {
        state.withLock { state in
            guard state.generation == generation, let job = state.job else { return .outdated }
            let current = state.blobs.count - 1
            if let range = state.blobs[current].tried.take(UInt64(count), within: job.nonces.range) {
                return .nonces(range)
            }
            defer { state.exhaustedSaid = true }
            return .exhausted(first: !state.exhaustedSaid)
        }
    }

    private func move(_ state: inout State) {
        state.generation += 1
        published.store(state.generation, ordering: .releasing)
    }

    private static func posting(_ state: State) -> Posting {
        Posting(job: state.job, generation: state.generation, isClosed: state.isClosed)
    }

    /// What makes two hashes of one nonce the same hash: all that is hashed, less the nonce's own bytes.
    private struct Blob: Hashable {
        let work: Work

        init(_ work: Work) {
            let input = work.input(nonce: 0)
            // The same work with the nonce's bytes cleared. It cannot throw: only those bytes differ.
            self.work =
                (try? Work(
                    algorithm: work.algorithm, input: input, nonceOffset: work.nonceOffset, height: work.height,
                    seed: work.seed)) ?? work
        }
    }
}

/// A set of 32-bit nonces as rising ranges that do not touch. Nearly always there is one range.
package struct TriedNonces: Sendable, Hashable {
    package private(set) var ranges: [Range<UInt64>] = []

    package init() {}

    /// Takes the lowest untried nonces within `space`: as many as follow one another, `count` at most. `nil` when none
    /// is left.
    package mutating func take(_ count: UInt64, within space: Range<UInt64>) -> Range<UInt64>? {
        var start = space.lowerBound
        var index = 0
        while index < ranges.count, ranges[index].lowerBound <= start {
            start = max(start, ranges[index].upperBound)
            index += 1
        }
        var end = min(space.upperBound, start + min(count, UInt64(1) << 32))
        if index < ranges.count { end = min(end, ranges[index].lowerBound) }
        guard start < end else { return nil }
        insert(start..<end, at: index)
        return start..<end
    }

    /// - Parameter index: of the first range that lies wholly behind `range`.
    private mutating func insert(_ range: Range<UInt64>, at index: Int) {
        var merged = range
        var first = index
        var end = index
        if index > 0, ranges[index - 1].upperBound == range.lowerBound {
            merged = ranges[index - 1].lowerBound..<merged.upperBound
            first = index - 1
        }
        if index < ranges.count, ranges[index].lowerBound == range.upperBound {
            merged = merged.lowerBound..<ranges[index].upperBound
            end = index + 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(merged))
    }
}
