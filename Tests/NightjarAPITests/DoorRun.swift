import Foundation
import Nightjar
import NightjarAPI
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A miner with all its sinks: log lines for people and for programs, the ledger's files, the API, the status line.
final class DoorRun: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("door-\(UUID().uuidString)")
    private let hashing = FindingHashing()
    private let statistics: Statistics
    private let miner: Miner
    private let server: APIServer
    private let task: Task<Miner.Outcome, Never>
    private let sinks: Sinks

    /// What has been written, by sink.
    private final class Written: Sendable {
        let lines = Locked<[String: [String]]>([:])

        func add(_ new: [String], to sink: String) { lines.withLock { $0[sink, default: []] += new } }
    }

    private struct Sinks: Reporter {
        let written = Written()
        let statistics: Statistics
        private let human: HumanReporter
        private let json: JSONReporter

        init(_ statistics: Statistics) {
            self.statistics = statistics
            // A minute passes between two shares, so that none is only counted.
            let now = Locked(Duration.zero)
            human = HumanReporter(
                now: {
                    now.withLock { now in
                        now += .seconds(60)
                        return now
                    }
                }
            ) { [written] line, _ in written.add([line], to: "text") }
            json = JSONReporter { [written] line in written.add([line], to: "json") }
        }

        func report(_ event: MinerEvent) {
            human.report(event)
            json.report(event)
            let snapshot = statistics.snapshot()
            let lines = StatusLine.connection(snapshot) + [StatusLine.line(snapshot, width: 200)]
            written.add(lines, to: "status")
        }
    }

    /// - Parameter shares: found for each job.
    init(_ upstream: any Upstream, shares: Int) async throws {
        hashing.shares.withLock { $0 = shares }
        let statistics = Statistics(devices: [], pool: upstream.name)
        self.statistics = statistics
        sinks = Sinks(statistics)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ledger = try ShareLedger(path: folder.appendingPathComponent("shares.sqlite").path)
        var limits = Miner.Limits()
        limits.answerGrace = .milliseconds(100)
        miner = Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: sinks,
            statistics: statistics, limits: limits)
        server = try await APIServer.start(
            APIOptions(address: APIAddress("127.0.0.1:0"), token: nil), snapshot: { statistics.snapshot() },
            control: miner)
        task = Task { [miner] in await miner.run() }
    }

    /// Asks the API for everything, and keeps its answers.
    func look() async throws {
        let client = WebClient(port: server.port)
        for path in ["/1/summary", "/2/summary", "/2/backends", "/api.json", "/api/state.json", "/metrics", "/health"] {
            let text = try await client.ask(path).text
            sinks.written.add([text], to: path)
        }
    }

    func lines(_ sink: String) -> [String] { sinks.written.lines.withLock { $0[sink] ?? [] } }

    /// Ends the run, and searches all sinks.
    func check(covers: Int) async throws {
        try await look()
        // While the ledger is open, its newest rows are in the log beside it.
        var files = try ledgerFiles()
        await miner.stop(.request)
        let outcome = await task.value
        await server.stop()
        files += try ledgerFiles()
        #expect(
            outcome.summary.found == outcome.summary.accepted + outcome.summary.rejected + outcome.summary.stale
                + outcome.summary.expired)
        for (sink, lines) in sinks.written.lines.withLock({ $0 }) {
            for line in lines {
                let found = DoorVariants.find(in: line)
                #expect(found == nil, "\(sink): \(found ?? "")")
                #expect(
                    line.unicodeScalars.allSatisfy { $0.isPrintable || ($0 == "\n" && sink.hasPrefix("/")) },
                    "\(sink): \(line)")
                if found != nil { break }
            }
        }
        for (name, text) in files {
            let found = DoorVariants.find(in: text)
            #expect(found == nil, "\(name): \(found ?? "")")
        }
        // It all came that far.
        for sink in ["text", "json", "status", "/1/summary", "/api/state.json"] {
            let count = lines(sink).count { $0.contains(Redactor.cover) }
            #expect(count > 0, "\(sink) has no cover")
            if sink == "text" || sink == "json" { #expect(count >= covers, "\(sink): only \(count) covers") }
        }
        #expect(files.contains { $0.text.contains(Redactor.cover) })
        try? FileManager.default.removeItem(at: folder)
    }

    private func ledgerFiles() throws -> [(name: String, text: String)] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).map {
            ($0, String(decoding: try Data(contentsOf: folder.appendingPathComponent($0)), as: UTF8.self))
        }
    }
}

/// Lanes that find so many shares of each job at once.
private final class FindingHashing: Hashing {
    let events: AsyncStream<MiningEvent>
    private let sink: AsyncStream<MiningEvent>.Continuation
    let shares = Locked(0)
    private let nonce = Locked(UInt32(0))

    init() { (events, sink) = AsyncStream.makeStream(of: MiningEvent.self) }

    func setJob(_ job: Job?) {
        guard let job else { return }
        for _ in 0..<shares.withLock({ $0 }) {
            let nonce = nonce.withLock { nonce in
                nonce += 1
                return nonce
            }
            let digest = Digest(words: (0, 0, UInt64(nonce), 0))
            sink.yield(.share(Share(job: job, nonce: nonce, digest: digest, device: .cpu)))
        }
    }

    func hashCounts() -> [(device: DeviceID, hashes: UInt64)] { [(.cpu, 0)] }
    func health() -> [DeviceHealth] { [] }
    func giveUp(_ jobs: Set<JobID>) {}
    func stop() async { sink.finish() }
}

/// A link that is tried again and again. Each try's end is told, where a group of pools tells of one for each outage.
struct EveryTry: Upstream {
    private let link: any UpstreamLink

    init(_ link: some UpstreamLink) { self.link = link }

    var name: String { link.name }

    func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        while !Task.isCancelled {
            events(.disconnected(pool: link.name, reason: await link.attempt(events: events)))
            try? await link.backoff.sleep(.seconds(1))
        }
    }

    func submit(_ share: Share) async -> ShareOutcome { await link.submit(share) }
}
