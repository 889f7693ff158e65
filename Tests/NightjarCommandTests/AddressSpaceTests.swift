import Foundation
import TestSupport
import Testing

/// Too little address space, as `ulimit -v` leaves it: one line that names the limit and exit code 1, or a run that makes
/// do. Never a crash, and never a wait without an end.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AddressSpaceTests {
    private static func run(_ kibibytes: Int, _ arguments: [String]) async throws -> Binary.Ended {
        try await Binary.run(arguments, shell: #"ulimit -v \#(kibibytes); exec "$0" "$@""#)
    }

    @Test func aRunEndsWithTheLimitsNameUntilThereIsEnough() async throws {
        var refusals = 0
        for kibibytes in stride(from: 100_000, to: 8_000_000, by: 30_000) {
            let ended = try await Self.run(
                kibibytes, ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--max-shares", "1"])
            if ended.code == 0 {
                #expect(refusals > 0, "nothing was refused: \(ended)")
                return
            }
            // The system's loader could not map the program.
            if ended.code == 127, refusals == 0 { continue }
            refusals += 1
            #expect(ended.code == 1 && !ended.wasKilled && ended.lines.isEmpty, "\(kibibytes) KiB: \(ended)")
            #expect(
                ended.err.hasPrefix("error: ") && ended.err.contains("ulimit -v")
                    && ended.err.split(separator: "\n").count == 1, "\(kibibytes) KiB: \(ended)")
        }
        Issue.record("it never succeeded")
    }

    /// A dataset of 2080 MiB has no room; light mode does.
    @Test func aDatasetWithoutRoomIsDoneWithout() async throws {
        let ended = try await Self.run(
            1_500_000,
            [
                "mine", "--sandbox", "-a", "rx/0", "--device", "cpu", "-t", "1", "--randomx-mode", "full",
                "--max-shares", "1",
            ])
        #expect(ended.code == 0 && !ended.wasKilled, "\(ended)")
        #expect(ended.out.contains("light mode"), "\(ended)")
    }
}
