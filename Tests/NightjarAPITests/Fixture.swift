import NIOCore
import Nightjar
import NightjarAPI
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A server with a miner behind it that does nothing but remember what it was asked for.
final class Fixture: Sendable {
    static let configuration = "{\n  \"pools\": [{\"url\": \"a:1\", \"user\": \"me\", \"pass\": null}]\n}\n"

    static let token = "Tok3n.that-nobody~guesses+42="

    let server: APIServer
    let client: WebClient
    let control = RecordingControl()

    /// Wrong tokens are delayed in it, so that no test waits for them.
    let time = FakeTime()

    init(
        token: String? = nil, requestTimeout: Int64 = 15_000, headTimeout: Int64? = nil, connections: Int = 64,
        hosts: [String] = [], backoff: Backoff? = nil, snapshot: MinerSnapshot = .mining
    ) async throws {
        var options = try APIOptions(address: APIAddress("127.0.0.1:0"), token: token)
        try options.allow(hosts: hosts)
        options.version = "1.2.3"
        options.worker = "rig 1"
        options.algorithms = ["cn/2", "rx/0"]
        options.configuration = { Self.configuration }
        options.times = RequestProgress.Times(
            head: .milliseconds(headTimeout ?? requestTimeout), rest: .milliseconds(requestTimeout))
        options.places = ConnectionPlaces.Limits(total: connections)
        options.time = backoff ?? time.backoff
        server = try await APIServer.start(options, snapshot: { snapshot }, control: control)
        client = WebClient(port: server.port)
    }

    /// With deadlines that no test lives to see.
    static func withoutDeadlines(token: String? = nil, connections: Int = 64) async throws -> Fixture {
        try await Fixture(token: token, requestTimeout: 3_600_000, connections: connections)
    }

    deinit { Task { [server] in await server.stop() } }

    static let authorization = ["Authorization": "Bearer \(token)"]

    /// Every path that can be read.
    static let paths = [
        "/", "/dashboard.css", "/dashboard.js", "/favicon.svg", "/health", "/1/summary", "/2/summary", "/2/backends",
        "/1/threads", "/api.json", "/api/state.json", "/metrics",
    ]
}

final class RecordingControl: MinerControl {
    private let calls = Locked<[String]>([])

    var seen: [String] { calls.withLock { $0 } }

    func pause(_ reason: PauseReason) async { calls.withLock { $0.append("pause \(reason)") } }
    func resume(_ reason: PauseReason) async { calls.withLock { $0.append("resume \(reason)") } }
    func stop(_ reason: Miner.End) async { calls.withLock { $0.append("stop") } }
    func hurry() async { calls.withLock { $0.append("hurry") } }
}

extension MinerSnapshot {
    /// What a hostile pool or driver might call itself.
    static let hostile = "</script><img src=x onerror=alert(1)>\"'\\\n\r\u{1B}[2J\u{2028}é"

    /// A run with a share of everything: two devices, one with a name and a fault that somebody else made up.
    static var mining: MinerSnapshot {
        var connection = Connection(pool: "198.51.100.7:3333")
        connection.isConnected = true
        connection.connectedFor = 61.25
        connection.failures = 3
        connection.algorithm = "cn/2"
        connection.difficulty = PoolDifficulty(hashes: UInt128(UInt64.max))
        connection.height = 3_000_000
        connection.job = hostile
        connection.tls = "TLSv1.3"
        connection.tlsFingerprint = String(repeating: "ab", count: 32)
        connection.latency = 42
        var snapshot = MinerSnapshot(startedAt: Timestamp(milliseconds: 1_700_000_000_000), connection: connection)
        snapshot.uptime = 120.5
        var cpu = Device(id: "cpu", name: "A CPU", kind: "cpu")
        cpu.algorithm = "cn/2"
        cpu.lanes = 2
        cpu.units = [0, 5]
        cpu.explanation = ["2 lanes: 2 cores"]
        cpu.rates = Rates(tenSeconds: 40.5, minute: 41, quarterHour: nil, highest: 44)
        cpu.hashes = 5000
        cpu.health = DeviceHealth(device: .cpu, state: .working, checked: 10, wrong: 0, rebuilds: 0)
        cpu.found = 4
        cpu.accepted = 2
        cpu.rejected = 1
        cpu.temperature = 61.5
        let gpuID = DeviceID.opencl(platform: 0, device: 0)
        var gpu = Device(id: gpuID.description, name: hostile, kind: "gpu")
        (gpu.computeUnits, gpu.memory) = (28, 8 << 30)
        gpu.health = DeviceHealth(
            device: gpuID, state: .quarantined(reason: "driver says \(hostile)"), checked: 100, wrong: 3, rebuilds: 3)
        snapshot.devices = [cpu, gpu]
        snapshot.rates = Rates(tenSeconds: 40.5, minute: 41, quarterHour: nil, highest: 44)
        snapshot.summary.found = 4
        snapshot.summary.accepted = 2
        snapshot.summary.rejected = 1
        snapshot.summary.hashes = 5000
        snapshot.best = [9000, 7000, 50, 1]
        snapshot.problems = [Problem(time: Timestamp(milliseconds: 1_700_000_001_000), text: hostile, count: 7)]
        let now = Timestamp.now.milliseconds
        snapshot.history = (0..<100).map {
            RateSample(time: Timestamp(milliseconds: now - (100 - $0) * 10_000), total: 40)
        }
        return snapshot
    }

    /// Before anything is known.
    static var fresh: MinerSnapshot {
        var snapshot = MinerSnapshot(startedAt: .now, connection: Connection(pool: "pool.example.org:3333"))
        snapshot.devices = [Device(id: "cpu", name: "A CPU", kind: "cpu")]
        return snapshot
    }
}
