import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

/// What a person sees on terminals of three widths: the files of `Tests/Vectors/terminal`.
@Suite(.timeLimit(.minutes(5))) struct TerminalScenesTests {
    static let widths = [120, 80, 40]
    private static let pool = "pool.example.org:3333"
    private static let job = MinerEvent.job(id: "7f3a", height: 3_281_004, algorithm: "cn/upx2", difficulty: 38_000)

    private static func share(
        _ id: Int64, _ state: ShareState, _ device: String = "cpu", latency: Int64? = nil, reason: String? = nil
    ) -> MinerEvent {
        .share(
            ShareReport(
                id: id, job: "7f3a", device: device, difficulty: 38_000, state: state, reason: reason, latency: latency,
                met: PoolDifficulty(hashes: UInt128(38_000 + 977 * id))))
    }

    /// Ready in second 4.
    private static func begun(_ columns: Int, colours: Bool = false) -> Sitting {
        let sitting = Sitting(columns: columns, colours: colours)
        sitting.at(0, .connected(pool: pool), job)
        sitting.at(0, .preparing(device: "cpu", algorithm: "cn/upx2"))
        sitting.at(0, .preparing(device: "opencl:0.0", algorithm: "cn/upx2"))
        sitting.at(
            4, .ready(device: "cpu", lanes: 2, explanation: [], .init(seconds: 3.6, words: "2 threads × 4 hashes")),
            .ready(device: "opencl:0.0", lanes: 1, explanation: [], .init(seconds: 4, words: "1 lane × 896 hashes")))
        return sitting
    }

    @Test(arguments: widths) func start(_ columns: Int) throws {
        let sitting = Sitting(columns: columns)
        sitting.show(
            Introduction.lines(
                devices: Sitting.devices,
                places: [
                    ("pool", "stratum+tls://\(Self.pool) for 4AdU…wallet"),
                    ("shares", "/var/lib/nightjar/shares.sqlite"),
                ], keys: "h hash rates, p pause, r resume, s shares, c connection, q quit"))
        sitting.status()
        sitting.at(
            1, .connected(pool: Self.pool), .job(id: "7f3a", height: 3_281_004, algorithm: "rx/0", difficulty: 480_045))
        sitting.at(
            1, .preparing(device: "cpu", algorithm: "rx/0"), .preparing(device: "opencl:0.0", algorithm: "rx/0"))
        sitting.states(.preparing, .preparing)
        sitting.status()
        sitting.at(
            5,
            .ready(
                device: "cpu", lanes: 2, explanation: ["2 lanes: 2 cores"],
                .init(seconds: 3.62, words: "2 threads × 4 hashes, huge pages")))
        sitting.at(6, .settling(device: "cpu", percent: 0), .progress(device: "cpu", percent: 45))
        sitting.states(.working, .preparing)
        sitting.status()
        sitting.at(
            9,
            .ready(
                device: "opencl:0.0", lanes: 1, explanation: ["why"], .init(seconds: 8.1, words: "1 lane × 896 hashes"))
        )
        sitting.at(13, .progress(device: "cpu", percent: 100), .settling(device: "cpu", percent: 100))
        sitting.states(.working, .working)
        sitting.work(12, since: 13)
        sitting.status()
        try sitting.expect("start-\(columns)")
    }

    /// The last case is the first one in colours.
    @Test(arguments: [(120, false), (80, false), (40, false), (120, true)])
    func work(_ columns: Int, _ colours: Bool) throws {
        let sitting = Self.begun(columns, colours: colours)
        for id in 1...3 as ClosedRange<Int64> { sitting.at(4 + Int(id), Self.share(id, .found)) }
        sitting.at(8, Self.share(1, .accepted, latency: 290), Self.share(2, .accepted, latency: 41))
        sitting.work(12, since: 4)
        sitting.status()
        // A flood.
        for id in 4...19 as ClosedRange<Int64> {
            let device = id.isMultiple(of: 4) ? "opencl:0.0" : "cpu"
            sitting.at(21, Self.share(id, .found, device), Self.share(id, .accepted, device, latency: 270 + id))
        }
        sitting.at(23, .notice("new settings are in effect"))
        // Refused for one reason, three times.
        for id in 20...22 as ClosedRange<Int64> {
            sitting.at(
                5 + Int(id), Self.share(id, .found),
                Self.share(id, .rejected, latency: 60, reason: "Low difficulty share"))
        }
        sitting.at(30, Self.share(23, .found), Self.share(23, .stale, latency: 60, reason: "Block expired"))
        sitting.work(60, since: 4)
        sitting.status()
        sitting.key(StatusLine.hashRates)
        sitting.key(StatusLine.shares)
        try sitting.expect(colours ? "work-colours" : "work-\(columns)")
    }

    @Test(arguments: widths) func pause(_ columns: Int) throws {
        let sitting = Self.begun(columns)
        sitting.work(12, since: 4)
        sitting.at(20, .paused([.user]))
        sitting.status()
        sitting.at(
            30, .disconnected(pool: Self.pool, reason: "\(Self.pool): connection reset by peer", Outage(nextTry: 1)))
        sitting.at(31, .waiting(Outage(nextTry: 8, attempt: 2)))
        sitting.at(34)
        sitting.status()
        sitting.at(40, .connected(pool: Self.pool), Self.job, .paused([.user, .battery]))
        sitting.status()
        sitting.at(50, .paused([.battery]))
        sitting.at(60, .resumed)
        sitting.status()
        try sitting.expect("pause-\(columns)")
    }

    @Test(arguments: widths) func outage(_ columns: Int) throws {
        let sitting = Sitting(columns: columns)
        sitting.status()
        sitting.at(
            1,
            .disconnected(
                pool: Self.pool, reason: "\(Self.pool): connection refused", Outage(wasConnected: false, nextTry: 1)))
        sitting.at(2, .waiting(Outage(wasConnected: false, nextTry: 4, attempt: 3)))
        sitting.at(15, .waiting(Outage(wasConnected: false, nextTry: 4, attempt: 5)))
        sitting.status()
        sitting.at(19)
        sitting.status()
        sitting.at(20, .connected(pool: Self.pool), Self.job)
        sitting.at(
            90, .disconnected(pool: Self.pool, reason: "\(Self.pool): closed the connection", Outage(nextTry: 2)))
        sitting.status()
        try sitting.expect("outage-\(columns)")
    }

    @Test(arguments: widths) func end(_ columns: Int) throws {
        let sitting = Self.begun(columns)
        for id in 1...9 as ClosedRange<Int64> {
            let device = id == 9 ? "opencl:0.0" : "cpu"
            sitting.at(4 + 2 * Int(id), Self.share(id, .found, device))
            if id < 9 {
                let isRight = id != 3
                sitting.at(
                    5 + 2 * Int(id),
                    Self.share(id, isRight ? .accepted : .rejected, device, latency: 50, reason: isRight ? nil : "Low"))
            }
        }
        sitting.work(38, since: 4)
        sitting.at(60, .stopping(devices: 2, answers: 1))
        sitting.status()
        sitting.at(61, Self.share(9, .expired, "opencl:0.0", reason: "the miner stopped before an answer"))
        var summary = sitting.summary
        summary.seconds = 61.4
        sitting.at(61, .summary(summary))
        try sitting.expect("end-\(columns)")
    }

    @Test(arguments: widths) func errors(_ columns: Int) throws {
        let sitting = Self.begun(columns)
        sitting.work(12, since: 4)
        sitting.at(
            17, .error("opencl:0.0: wrong hash for nonce 17, not submitted: it says 0a, the CPU 0b"),
            .recovering(device: "opencl:0.0", reason: "3 of 32 checked hashes are wrong", seconds: 1, attempt: 1))
        sitting.at(18, .error("\(Self.pool): job 8 names no algorithm\n12:00:00  accepted #1\u{1B}[2J"))
        sitting.at(
            19, .error("ledger: disk full; shares are still sent, but not all are written to the ledger"),
            .notice("warning: -t 999: this machine has 2 cores; more threads than cores are slower"))
        sitting.status()
        sitting.key(StatusLine.hashRates)
        try sitting.expect("errors-\(columns)")
    }
}
