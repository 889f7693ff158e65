import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// CPU lanes of one kind that hash whole inputs. A thread borrows one for a while and gives it back.
///
/// Lanes are made when they are first needed, on the thread that needs them, and pass their known answers before they
/// hash anything else. There are at most as many as a plan would have: further threads wait.
package final class LaneShelf: Sendable {
    /// Unchecked: a lane is on the shelf, or one thread has it.
    private struct Lent: @unchecked Sendable { let lane: any InputLane }

    private struct State {
        var idle: [Lent] = []
        /// Lanes on the shelf, with threads, and in the making.
        var count = 0
        /// Lanes made so far: each is made by the next maker.
        var made = 0
        var isRetired = false
        /// The reason why there is no dataset.
        var refusal: String?
    }

    package let algorithm: Algorithm
    /// The most lanes.
    package let limit: Int
    /// The bytes of all lanes' scratchpads.
    package let scratchpads: Int
    private let makers: [@Sendable () throws -> any InputLane]
    /// The epoch on which the lanes are settled, so that they hash no other; `nil` for lanes that are not.
    private let settled: Epoch?
    /// Lends lanes where this shelf can't have its dataset; `nil` makes that an error.
    private let fallback: LaneShelf?
    private let state = Monitor(State())
    private let inputsAtOnce = Atomic(1)

    /// - Parameters:
    ///   - threads: the most lanes; `nil` leaves the choice to the caches.
    ///   - settled: the epoch on which the lanes are to settle.
    ///   - fallback: lends lanes where there is not enough memory for settled ones.
    ///   - mostWidth: the most hashes that a lane makes at once, each with a scratchpad; `nil` for the fastest.
    /// - Throws: ``NightjarError`` when the CPU cannot run the algorithm.
    package init(
        _ algorithm: Algorithm, on cpu: CPUBackend, threads: Int?, settled: Epoch? = nil, fallback: LaneShelf? = nil,
        mostWidth: Int? = nil
    ) throws(NightjarError) {
        self.algorithm = algorithm
        let lanes = try cpu.unboundLanes(algorithm, threads: threads, settles: settled != nil, mostWidth: mostWidth)
        makers = lanes.makers
        limit = lanes.makers.count
        scratchpads = lanes.scratchpads
        self.settled = settled
        self.fallback = fallback
    }

    /// The number of inputs from which a lane gains most.
    var batch: Int { max(1, inputsAtOnce.load(ordering: .relaxed)) }

    /// Lends a lane to the calling thread for the time of `body`. A lane whose `body` fails is not used again.
    package func borrow<Value>(_ body: (any InputLane) throws -> Value) throws(NightjarError) -> Value {
        do {
            let lent: Lent
            do { lent = try take() } catch let refused as DatasetRefusal {
                guard let fallback else { throw refused.error }
                return try fallback.borrow(body)
            }
            do {
                let value = try body(lent.lane)
                giveBack(lent)
                return value
            } catch {
                state.change { $0.count -= 1 }
                throw error
            }
        } catch { throw NightjarError(error, on: .cpu) }
    }

    /// Makes a lane ready for an epoch, so that the first hash does not wait.
    package func prepare(_ epoch: Epoch) throws(NightjarError) {
        try borrow { lane in
            try lane.digests(of: .none, epoch, into: UnsafeMutableBufferPointer(start: nil, count: 0))
        }
    }

    /// The digest of one input, on the calling thread.
    package func digest(of input: UnsafeRawBufferPointer, _ epoch: Epoch) throws(NightjarError) -> Digest {
        try borrow { lane in
            var digest = Digest()
            let address = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            try withUnsafePointer(to: address) { address in
                try withUnsafePointer(to: input.count) { size in
                    let inputs = Inputs(
                        UnsafeBufferPointer(start: address, count: 1), sizes: UnsafeBufferPointer(start: size, count: 1)
                    )
                    try withUnsafeMutablePointer(to: &digest) { digest in
                        try lane.digests(of: inputs, epoch, into: UnsafeMutableBufferPointer(start: digest, count: 1))
                    }
                }
            }
            return digest
        }
    }

    /// Releases the lanes that no thread has. They come back when needed.
    package func releaseIdle() {
        // Their memory is freed outside the lock.
        let freed = state.change { state -> [Lent] in
            state.count -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(freed) {}
    }

    /// Releases each lane as soon as no thread has it.
    package func retire() {
        state.change { $0.isRetired = true }
        releaseIdle()
    }

    /// There is no dataset, for now or for this seed.
    private struct DatasetRefusal: Error { let error: NightjarError }

    private func take() throws -> Lent {
        let found = state.wait { state -> Result<Lent?, DatasetRefusal>? in
            if let reason = state.refusal {
                return .failure(DatasetRefusal(error: NightjarError(device: .cpu, reason: reason, code: .memory)))
            }
            if let lent = state.idle.popLast() { return .success(lent) }
            guard state.count < limit else { return nil }
            state.count += 1
            return .success(nil)
        }
        if let lent = try found.get() { return lent }
        do { return try make() } catch {
            state.change { $0.count -= 1 }
            throw error
        }
    }

    private func make() throws -> Lent {
        let number = state.withLock { state -> Int in
            defer { state.made += 1 }
            return state.made
        }
        let lane = try makers[number % makers.count]()
        _ = try lane.passKnownAnswers(of: algorithm, on: .cpu)
        if let settled { try settle(lane, on: settled) }
        inputsAtOnce.store(lane.batch, ordering: .relaxed)
        return Lent(lane: lane)
    }

    private func settle(_ lane: any InputLane, on epoch: Epoch) throws {
        let sample = [UInt8](repeating: 0, count: algorithm.benchmarkInput.length)
        try lane.prepare(try Work(algorithm: algorithm, input: sample, epoch: epoch))
        let settling = Settling(isCancelled: { [state] in state.withLock(\.isRetired) })
        switch try lane.settle(settling) {
        case .settled: return
        case .cancelled: throw NightjarError.cancelled
        case .deferred:
            throw DatasetRefusal(
                error: .busy("another seed's RandomX dataset is in use"))
        case .refused(let reason):
            state.change { $0.refusal = reason }
            throw DatasetRefusal(error: NightjarError(device: .cpu, reason: reason, code: .memory))
        }
    }

    private func giveBack(_ lent: Lent) {
        inputsAtOnce.store(lent.lane.batch, ordering: .relaxed)
        // Wakes a thread that waits for a lane.
        state.change { state in
            if state.isRetired { state.count -= 1 } else { state.idle.append(lent) }
        }
    }
}
