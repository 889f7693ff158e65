import NightjarCore
import NightjarWire
import Testing

@Suite(.timeLimit(.minutes(1))) struct JobGateTests {
    /// How often a job passes, without a clock.
    @Test func jobsPassThatFarApart() throws {
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39)
        func job(_ n: Int) -> UpstreamJob {
            UpstreamJob(
                job: Job(name: "\(n)", work: work, target: .easiest), height: nil, difficulty: PoolDifficulty(hashes: 1)
            )
        }
        var gate = JobGate(spacing: .milliseconds(100))
        func number(_ verdict: JobGate.Verdict) -> Int? {
            if case .wait(_, let number) = verdict { number } else { nil }
        }
        func passes(_ verdict: JobGate.Verdict) -> Bool { if case .pass = verdict { true } else { false } }
        #expect(passes(gate.offer(job(1), now: .zero)))
        let first = try #require(number(gate.offer(job(2), now: .milliseconds(10))))
        #expect(!passes(gate.offer(job(3), now: .milliseconds(20))))
        // The timer is late, and a newer job comes before it.
        #expect(passes(gate.offer(job(4), now: .milliseconds(110))))
        let second = try #require(number(gate.offer(job(5), now: .milliseconds(115))))
        #expect(gate.release(first, now: .milliseconds(120)) == nil, "its job has been left out")
        #expect(gate.release(second, now: .milliseconds(210))?.job.id.name == "5")
        #expect(gate.release(second, now: .milliseconds(211)) == nil)
    }
}
