import Nightjar
import NightjarCPU
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct JobBoardTests {
    private func job(
        _ id: String, blob: UInt8 = 0, nonceOffset: Int = 39, height: UInt64? = nil, nonces: NonceSpace = .full
    ) throws -> Job {
        var input = [UInt8](repeating: blob, count: 76)
        // What a pool leaves in the nonce's place is no part of the blob.
        input[nonceOffset] = UInt8(truncatingIfNeeded: id.hashValue)
        return Job(
            name: id, work: try Work(algorithm: .cnR, input: input, nonceOffset: nonceOffset, height: height ?? 1),
            target: .easiest, nonces: nonces)
    }

    @Test func oneBlobUnderAnotherNameGoesOn() throws {
        let board = JobBoard()
        board.post(try job("a"))
        #expect(board.reserve(10, generation: board.generation) == .nonces(0..<10, unit: 0))
        board.post(try job("b"))
        #expect(board.reserve(10, generation: board.generation) == .nonces(10..<20, unit: 0))
        board.post(nil)
        board.post(try job("c"))
        #expect(board.reserve(5, generation: board.generation) == .nonces(20..<25, unit: 0))
    }

    /// When devices are exchanged in the middle of a job.
    @Test func aBoardGoesOnWhereAnotherStood() throws {
        let first = JobBoard()
        first.post(try job("a"))
        #expect(first.reserve(10, generation: first.generation) == .nonces(0..<10, unit: 0))
        first.close()
        let board = JobBoard(after: [first])
        #expect(board.posting.job == nil)
        board.post(try job("a"))
        #expect(board.reserve(10, generation: board.generation) == .nonces(10..<20, unit: 0))
        board.post(try job("b", blob: 1))
        #expect(board.reserve(10, generation: board.generation) == .nonces(0..<10, unit: 0))
        // What it remembers is its own.
        let other = JobBoard(remembered: 1, after: [board])
        other.post(try job("b", blob: 1))
        #expect(other.reserve(5, generation: other.generation) == .nonces(10..<15, unit: 0))
        #expect(board.reserve(5, generation: board.generation) == .nonces(10..<15, unit: 0))
    }

    @Test func anotherBlobBeginsAnew() throws {
        let board = JobBoard()
        board.post(try job("a"))
        _ = board.reserve(10, generation: board.generation)
        for other in [try job("b", blob: 1), try job("c", height: 2), try job("d", nonceOffset: 40)] {
            board.post(other)
            #expect(board.reserve(10, generation: board.generation) == .nonces(0..<10, unit: 0))
        }
        board.post(try job("a"))
        #expect(board.reserve(10, generation: board.generation) == .nonces(10..<20, unit: 0))
    }

    @Test func onlyTheMostRecentBlobsAreRemembered() throws {
        let board = JobBoard(remembered: 2)
        for blob in [0, 1, 0, 2] as [UInt8] {
            board.post(try job("\(blob)", blob: blob))
            _ = board.reserve(10, generation: board.generation)
        }
        board.post(try job("0", blob: 0))
        #expect(board.reserve(1, generation: board.generation) == .nonces(20..<21, unit: 0))
        board.post(try job("1", blob: 1))
        #expect(board.reserve(1, generation: board.generation) == .nonces(0..<1, unit: 0))
    }

    @Test func niceHashStaysInItsRangeAndEndsOnce() throws {
        let board = JobBoard()
        board.post(try job("a", nonces: .niceHash(highByte: 0xAB)))
        let generation = board.generation
        #expect(board.reserve(1 << 23, generation: generation) == .nonces(0xAB00_0000..<0xAB80_0000, unit: 0))
        #expect(board.reserve((1 << 23) - 1, generation: generation) == .nonces(0xAB80_0000..<0xABFF_FFFF, unit: 0))
        // The batch is cut at the range's end.
        #expect(board.reserve(1000, generation: generation) == .nonces(0xABFF_FFFF..<0xAC00_0000, unit: 0))
        #expect(board.reserve(1, generation: generation) == .exhausted(first: true))
        #expect(board.reserve(1, generation: generation) == .exhausted(first: false))
        // Another byte of the same blob is untouched; the first stays exhausted, and says so for the new job.
        board.post(try job("b", nonces: .niceHash(highByte: 0xAC)))
        #expect(board.reserve(1, generation: board.generation) == .nonces(0xAC00_0000..<0xAC00_0001, unit: 0))
        board.post(try job("c", nonces: .niceHash(highByte: 0xAB)))
        #expect(board.reserve(1, generation: board.generation) == .exhausted(first: true))
        // The whole space leaves out what was tried.
        board.post(try job("d"))
        #expect(board.reserve(1 << 32, generation: board.generation) == .nonces(0..<0xAB00_0000, unit: 0))
        #expect(board.reserve(1 << 32, generation: board.generation) == .nonces(0xAC00_0001..<0x1_0000_0000, unit: 0))
        #expect(board.reserve(1 << 32, generation: board.generation) == .exhausted(first: true))
    }

    @Test func outdatedGenerationsGetNothing() throws {
        let board = JobBoard()
        #expect(board.reserve(1, generation: board.generation) == .outdated)
        board.post(try job("a"))
        let old = board.generation
        board.post(try job("b"))
        #expect(board.reserve(1, generation: old) == .outdated)
        board.post(nil)
        #expect(board.reserve(1, generation: board.generation) == .outdated)
        board.close()
        board.post(try job("c"))
        #expect(board.posting.isClosed && board.posting.job == nil)
        #expect(board.reserve(1, generation: board.generation) == .outdated)
    }

    @Test func noNonceIsGivenOutTwiceUnderContention() throws {
        let board = JobBoard()
        let jobs = [try job("a"), try job("b"), try job("c")]
        board.post(jobs[0])
        let given = Monitor<[Range<UInt64>]>([])
        let threads = try (0..<4).map { lane in
            try PinnedThread(name: "lane") {
                var mine: [Range<UInt64>] = []
                while mine.count < 2000 {
                    if case .nonces(let range, unit: 0) = board.reserve(lane + 1, generation: board.generation) {
                        mine.append(range)
                    }
                }
                given.withLock { $0 += mine }
            }
        }
        // All three are names of one blob.
        let poster = try PinnedThread(name: "pool") { for turn in 0..<300 { board.post(jobs[turn % 3]) } }
        for thread in threads + [poster] { thread.join() }
        let ranges = given.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(ranges.count == 8000)
        #expect(ranges.first?.lowerBound == 0)
        // Gapless and without overlap.
        for (a, b) in zip(ranges, ranges.dropFirst()) where a.upperBound != b.lowerBound {
            Issue.record("\(a) is followed by \(b)")
        }
    }

    /// Against a plain set, with spaces and counts that overlap at random.
    @Test func triedNoncesAreASet() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            var tried = TriedNonces()
            var set: Set<UInt64> = []
            for _ in 0..<60 {
                let low = UInt64.random(in: 0..<40, using: &generator)
                let space = low..<(low + .random(in: 1..<24, using: &generator))
                let count = UInt64.random(in: 1..<8, using: &generator)
                if let taken = tried.take(count, within: space) {
                    #expect(
                        !taken.isEmpty && taken.count <= Int(count) && space.contains(taken.lowerBound)
                            && taken.upperBound <= space.upperBound)
                    #expect(set.isDisjoint(with: taken))
                    #expect(taken.lowerBound == space.first { !set.contains($0) })
                    set.formUnion(taken)
                } else {
                    #expect(set.isSuperset(of: space))
                }
                #expect(tried.ranges.reduce(0) { $0 + $1.count } == set.count)
                for (a, b) in zip(tried.ranges, tried.ranges.dropFirst()) { #expect(a.upperBound < b.lowerBound) }
            }
        }
    }
}
