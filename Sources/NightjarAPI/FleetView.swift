import Nightjar
import NightjarCPU
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

/// The endpoints for fleet tools that were written for other miners, with the names and types that these tools expect.
///
/// An unknown number is 0, because the tools expect a number. Rates are `null`, which the tools understand.
struct FleetView {
    /// The two versions differ in a few fields.
    enum Version { case v1, v2 }

    let snapshot: MinerSnapshot
    let options: APIOptions
    let machine: Machine
    let resources: Resources
    /// Whether the API allows no changes.
    let isRestricted: Bool

    func summary(_ version: Version) -> JSON {
        let connection = snapshot.connection
        var fields: [JSON.Field] = []
        func add(_ name: String, _ value: JSON) { fields.append(JSON.Field(name, value)) }
        add("id", .string(machine.id))
        add("worker_id", .string(options.worker ?? machine.hostName))
        add("uptime", Self.whole(snapshot.uptime))
        add("restricted", .bool(isRestricted))
        add("resources", resourceFields)
        add("features", .array(["api", "asm", "http", "hwloc", "tls", "opencl"].map(JSON.string)))
        add("results", results(version))
        add("algo", .optional(connection.algorithm))
        add("connection", connectionFields(version))
        if snapshot.teams.count > 1 { add("pools", .array(snapshot.teams.map(teamFields))) }
        add("version", .string(options.version))
        add("kind", .string("miner"))
        add("ua", .string("nightjar/\(options.version) (\(Machine.system) \(Machine.architecture))"))
        add("cpu", cpu)
        add("donate_level", .integer(0))
        add("paused", .bool(!snapshot.pausedBecause.isEmpty))
        add("algorithms", .array(options.algorithms.map(JSON.string)))
        add("hashrate", hashrate(version))
        let pages = hugePages
        add("hugepages", version == .v1 ? .bool(pages.used >= pages.wanted) : Self.pair(pages))
        return .object(fields)
    }

    /// An object for each kind of backend, with its devices under `threads`.
    func backends() -> JSON {
        let others = snapshot.devices.filter { $0.id != "cpu" }
        var opencl: [JSON.Field] = Self.head("opencl", others) + [JSON.Field("platform", .null)]
        if !others.isEmpty { opencl += Self.tail(others) }
        return .array([cpuBackend(), .object(opencl), .object(Self.head("cuda", []))])
    }

    /// The CPU's backend alone, which always has its `threads`.
    func threads() -> JSON { cpuBackend(alwaysWithThreads: true) }

    private func cpuBackend(alwaysWithThreads: Bool = false) -> JSON {
        let cpus = snapshot.devices.filter { $0.id == "cpu" }
        let pages = hugePages
        var cpu: [JSON.Field] =
            Self.head("cpu", cpus) + [
                JSON.Field("hw-aes", .bool(machine.flags.contains("aes"))), JSON.Field("priority", .integer(-1)),
                JSON.Field("msr", .bool(false)), JSON.Field("asm", .string("auto")), JSON.Field("argon2-impl", .null),
                JSON.Field("hugepages", cpus.isEmpty ? .array([.integer(0), .integer(0)]) : Self.pair(pages)),
                JSON.Field("memory", .integer(Int64(scratchpads))),
            ]
        if alwaysWithThreads || !cpus.isEmpty { cpu += Self.tail(cpus) }
        return .object(cpu)
    }

    // MARK: Parts of a summary

    private var resourceFields: JSON {
        .fields([
            "memory": .fields([
                "free": .unsigned(resources.free ?? 0), "total": .unsigned(machine.memory),
                "resident_set_memory": .unsigned(resources.resident ?? 0),
            ]),
            "load_average": .array((resources.load + [0, 0, 0]).prefix(3).map(JSON.number)),
            "hardware_concurrency": .integer(Int64(machine.threads)),
        ])
    }

    private func results(_ version: Version) -> JSON {
        let summary = snapshot.summary
        let best = (snapshot.best.map { JSON.optional($0) } + [JSON](repeating: .unsigned(0), count: 10)).prefix(10)
        var fields: [JSON.Field] = [
            JSON.Field("diff_current", snapshot.connection.difficulty.map { JSON.optional($0) } ?? .unsigned(0)),
            JSON.Field("shares_good", .integer(Int64(summary.accepted))),
            JSON.Field("shares_total", .integer(Int64(answered))),
        ]
        fields += averages
        fields.append(JSON.Field("best", .array(Array(best))))
        if version == .v1 { fields.append(JSON.Field("error_log", errorLog)) }
        return .object(fields)
    }

    private func connectionFields(_ version: Version) -> JSON {
        let connection = snapshot.connection
        var fields: [JSON.Field] = [
            JSON.Field("pool", .string(connection.pool)), JSON.Field("ip", .optional(Self.ip(of: connection.pool))),
            JSON.Field("uptime", Self.whole(connection.connectedFor)),
            JSON.Field("uptime_ms", Self.whole(connection.connectedFor * 1000)),
            JSON.Field("ping", .integer(connection.latency ?? 0)),
            JSON.Field("failures", .integer(Int64(connection.failures))), JSON.Field("tls", .optional(connection.tls)),
            JSON.Field("tls-fingerprint", .optional(connection.tlsFingerprint)),
            JSON.Field("algo", .optional(connection.algorithm)),
            JSON.Field("diff", connection.difficulty.map { JSON.optional($0) } ?? .unsigned(0)),
            JSON.Field("accepted", .integer(Int64(snapshot.summary.accepted))),
            JSON.Field("rejected", .integer(Int64(snapshot.summary.rejected))),
        ]
        fields += averages
        if version == .v1 { fields.append(JSON.Field("error_log", errorLog)) }
        return .object(fields)
    }

    /// The connection of one of several teams, with its devices. ``connectionFields(_:)`` has the first team's.
    private func teamFields(_ team: MinerSnapshot.Team) -> JSON {
        let connection = team.connection
        return .fields([
            "pool": .string(connection.pool), "devices": .array(team.devices.map(JSON.string)),
            "uptime": Self.whole(connection.connectedFor), "failures": .integer(Int64(connection.failures)),
            "algo": .optional(connection.algorithm),
            "diff": connection.difficulty.map { JSON.optional($0) } ?? .unsigned(0),
            "accepted": .integer(Int64(team.summary.accepted)), "rejected": .integer(Int64(team.summary.rejected)),
        ])
    }

    /// The mean time between accepted shares, and all hashes.
    private var averages: [JSON.Field] {
        let accepted = snapshot.summary.accepted
        let mean = accepted > 0 ? snapshot.uptime / Double(accepted) : 0
        return [
            JSON.Field("avg_time", Self.whole(mean)), JSON.Field("avg_time_ms", Self.whole(mean * 1000)),
            JSON.Field("hashes_total", .unsigned(snapshot.summary.hashes)),
        ]
    }

    /// Shares that the pool has answered.
    private var answered: Int { snapshot.summary.accepted + snapshot.summary.rejected + snapshot.summary.stale }

    private var errorLog: JSON {
        .array(
            snapshot.problems.map {
                .fields([
                    "count": .integer(Int64($0.count)), "text": .string($0.text), "time": .string($0.time.description),
                ])
            })
    }

    private func hashrate(_ version: Version) -> JSON {
        var fields = [
            JSON.Field("total", Self.windows(snapshot.rates)), JSON.Field("highest", Self.rate(snapshot.rates.highest)),
        ]
        // One entry for each device: rates are measured for devices, not for lanes.
        if version == .v1 {
            fields.append(JSON.Field("threads", .array(snapshot.devices.map { Self.windows($0.rates) })))
        }
        return .object(fields)
    }

    private var cpu: JSON {
        .fields([
            "brand": .string(machine.brand), "family": .integer(Int64(machine.family)),
            "model": .integer(Int64(machine.model)), "stepping": .integer(Int64(machine.stepping)),
            "proc_info": .integer(Int64(machine.signature)), "aes": .bool(machine.flags.contains("aes")),
            "avx2": .bool(machine.flags.contains("avx2")), "x64": .bool(MemoryLayout<Int>.size == 8),
            "64_bit": .bool(MemoryLayout<Int>.size == 8), "l2": .integer(Int64(machine.l2)),
            "l3": .integer(Int64(machine.l3)), "cores": .integer(Int64(machine.cores)),
            "threads": .integer(Int64(machine.threads)), "packages": .integer(Int64(machine.packages)),
            "nodes": .integer(Int64(machine.nodes)), "backend": .string("hwloc"), "msr": .string("none"),
            "assembly": .string("auto"), "arch": .string(Machine.architecture),
            "flags": .array(machine.flags.map(JSON.string)),
        ])
    }

    // MARK: Memory

    /// The bytes of the CPU lanes' scratchpads, at least.
    private var scratchpads: Int {
        snapshot.devices.reduce(0) { sum, device in
            guard device.id == "cpu", let algorithm = device.algorithm.flatMap({ Catalog.algorithm(named: $0) }) else {
                return sum
            }
            return sum + device.lanes * algorithm.memory
        }
    }

    /// The huge pages that the process has and wants; wanted are at least as many as its scratchpads need.
    private var hugePages: (used: Int, wanted: Int) {
        (resources.hugePages, max(resources.hugePages, HugePages.pages(scratchpads)))
    }

    // MARK: Small things

    /// A number without its fraction; 0 for a number that is not finite.
    static func whole(_ value: Double) -> JSON { .integer(Int64(exactly: value.rounded(.down)) ?? 0) }

    static func rate(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }

    static func windows(_ rates: MinerSnapshot.Rates) -> JSON {
        .array([rate(rates.tenSeconds), rate(rates.minute), rate(rates.quarterHour)])
    }

    private static func pair(_ pages: (used: Int, wanted: Int)) -> JSON {
        .array([.integer(Int64(pages.used)), .integer(Int64(pages.wanted))])
    }

    /// The pool's IP address, when the user gave an address and not a name.
    private static func ip(of pool: String) -> String? {
        guard let colon = pool.lastIndex(of: ":") else { return nil }
        var host = pool[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return IPAddress(host) == nil ? nil : String(host)
    }

    private static func head(_ type: String, _ devices: [MinerSnapshot.Device]) -> [JSON.Field] {
        let algorithm = devices.lazy.compactMap(\.algorithm).first
        return [
            JSON.Field("type", .string(type)), JSON.Field("enabled", .bool(!devices.isEmpty)),
            JSON.Field("algo", .optional(algorithm)), JSON.Field("profile", .optional(algorithm)),
        ]
    }

    private static func tail(_ devices: [MinerSnapshot.Device]) -> [JSON.Field] {
        let rates = devices.map(\.rates)
        let sum: JSON = .array([
            rate(total(rates.map(\.tenSeconds))), rate(total(rates.map(\.minute))),
            rate(total(rates.map(\.quarterHour))),
        ])
        return [JSON.Field("hashrate", sum), JSON.Field("threads", .array(devices.enumerated().map(thread)))]
    }

    /// The sum; `nil` unless there are rates and all are known.
    static func total(_ rates: [Double?]) -> Double? {
        let known = rates.compactMap { $0 }
        return known.count == rates.count && !known.isEmpty ? known.reduce(0, +) : nil
    }

    /// One device. `intensity` is its number of lanes. `affinity` is the first of the processing units that they are bound
    /// to, -1 for none.
    private static func thread(_ index: Int, _ device: MinerSnapshot.Device) -> JSON {
        let isCPU = device.id == "cpu"
        var fields = [
            JSON.Field("index", .integer(Int64(index))), JSON.Field("id", .string(device.id)),
            JSON.Field("name", .string(device.name)), JSON.Field("kind", .string(device.kind)),
            JSON.Field("intensity", .integer(Int64(device.lanes))),
            JSON.Field("affinity", .integer(Int64(device.units.first ?? -1))),
            JSON.Field("affinities", .array(device.units.map { .integer(Int64($0)) })),
            JSON.Field("av", .integer(1)), JSON.Field("hashrate", windows(device.rates)),
            JSON.Field("hashes", .unsigned(device.hashes)), JSON.Field("shares", shares(device)),
        ]
        if !isCPU {
            // Fleet tools show these of a card. What is not known is null.
            fields += [
                JSON.Field("board", .string(device.name)), JSON.Field("bus_id", .optional(device.pciAddress)),
                JSON.Field("cu", device.computeUnits.map { .integer(Int64($0)) } ?? .null),
                JSON.Field("global_mem", device.memory.map(JSON.unsigned) ?? .null),
            ]
        }
        fields.append(JSON.Field("health", isCPU ? health(device) : cardHealth(device)))
        return .object(fields)
    }

    /// A card's condition, with all fields that fleet tools read: a fan's speed is an element of a list.
    private static func cardHealth(_ device: MinerSnapshot.Device) -> JSON {
        func whole(_ value: Double?) -> JSON { value.map(Self.whole) ?? .null }
        func list(_ value: Double?) -> JSON { .array(value.map { [Self.whole($0)] } ?? []) }
        let sensors = device.sensors
        return .object(
            healthFields(device) + [
                JSON.Field("power", whole(sensors.watts ?? device.power.watts)),
                JSON.Field("clock", whole(sensors.clock)), JSON.Field("mem_clock", whole(sensors.memoryClock)),
                JSON.Field("fan_speed", list(sensors.fan.map { ($0 * 100).rounded() })),
                JSON.Field("rpm", list(sensors.fanTurns)),
            ])
    }

    static func shares(_ device: MinerSnapshot.Device) -> JSON {
        .fields([
            "found": .integer(Int64(device.found)), "accepted": .integer(Int64(device.accepted)),
            "rejected": .integer(Int64(device.rejected)),
        ])
    }

    /// A device's condition. Values that are not measured are `null`, never 0.
    static func health(_ device: MinerSnapshot.Device) -> JSON { .object(healthFields(device)) }

    private static func healthFields(_ device: MinerSnapshot.Device) -> [JSON.Field] {
        let condition = DeviceCondition(device)
        return [
            JSON.Field("state", .string(condition.name)), JSON.Field("reason", .optional(condition.reason)),
            JSON.Field("temperature", device.temperature.map(JSON.number) ?? .null),
            JSON.Field("watts", device.power.watts.map(JSON.number) ?? .null),
            JSON.Field("joules", device.power.joules.map(JSON.number) ?? .null),
            JSON.Field("powerSource", .optional(device.power.source)),
            JSON.Field("hashesPerJoule", device.efficiency.map(JSON.number) ?? .null),
            JSON.Field("checked", device.health.map { .unsigned($0.checked) } ?? .null),
            JSON.Field("wrong", device.health.map { .unsigned($0.wrong) } ?? .null),
            JSON.Field("errorRate", device.health.map { .number($0.errorRate) } ?? .null),
            JSON.Field("rebuilds", device.health.map { .integer(Int64($0.rebuilds)) } ?? .null),
        ]
    }
}
