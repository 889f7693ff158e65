import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// How the CPU's lanes hash scrypt.
@Suite(.timeLimit(.minutes(10))) struct ScryptLaneTests {
    @Test func itIsSaid() {
        #expect(
            ScryptWords.explanation("AVX-512", widths: [8, 16, 32], scratchpads: 136)
                == "a lane's part of the cache holds 136 scratchpads; AVX-512 makes 8, 16 or 32 hashes at once in a "
                + "lane; the fastest number is found by measuring")
        #expect(
            ScryptWords.explanation("AVX2", widths: [8], scratchpads: 1)
                == "a lane's part of the cache holds 1 scratchpad; AVX2 makes 8 hashes at once in a lane")
        #expect(
            ScryptWords.explanation("AVX2", widths: [8], scratchpads: nil) == "AVX2 makes 8 hashes at once in a lane")
        #expect(
            ScryptWords.explanation("portable C", widths: [1], scratchpads: 136)
                == "portable C makes one hash after the other")
    }

    /// A planned lane tells its widths, compares them at work, and in all batches its digests are the portable code's.
    @Test(arguments: Implementation.available)
    func plannedLanes(_ implementation: Implementation) throws {
        let code = ScryptCode.best(implementation)
        let plan = try CPUBackend(implementation: implementation).plan(.scrypt, on: .cpu, threads: 1)
        #expect(plan.explanation.contains { $0.contains(code.words) })
        let make = try #require(plan.lanes.first)
        let work = try Work(algorithm: .scrypt, input: [UInt8](repeating: 9, count: 80), nonceOffset: 76)
        let reference = try CPUBackend(implementation: .portable).lane(.scrypt)
        try reference.prepare(work)
        let expected = try Self.digests(reference, 0..<500)
        // A planned lane pins the thread that makes it.
        let thread = try PinnedThread(name: "lane") {
            do {
                let lane = try make()
                #expect(lane.batch == (code == .portable ? 16 : 64))
                try lane.prepare(work)
                #expect(lane.remarks.contains { $0.contains("at a time during work") } == (code.widths.count > 1))
                var rounds = 0
                repeat {
                    #expect(try Self.digests(lane, 0..<500) == expected)
                    rounds += 1
                } while rounds < 8 || lane.isComparing
                // However long a comparison takes, it comes to its end.
                #expect(lane.remarks.contains { $0.contains("at a time (fastest of") } == (code.widths.count > 1))
            } catch { Issue.record(error) }
        }
        thread.join()
    }

    /// A long input without a nonce is kept once, however large a batch is.
    @Test func longInputs() throws {
        let lane = try CPUBackend().lane(.scrypt, width: 32)
        let input = (0..<1 << 20).map { UInt8($0 & 255) }
        try lane.prepare(try Work(algorithm: .scrypt, input: input))
        #expect(
            try Self.digests(lane, 0..<1).map(\.description)
                == ["43ab481e5fdcddf05c52068e43498ca0bb5f4c10e88a792348a8396dec9f21fb"])
    }

    private static func digests(_ lane: any Lane, _ nonces: Range<UInt64>) throws -> [Digest] {
        var digests = [Digest](repeating: Digest(), count: nonces.count)
        try digests.withUnsafeMutableBufferPointer { try lane.digests(nonces, into: $0) }
        return digests
    }
}
