import Nightjar
import NightjarMiner
import NightjarPlatform
import NightjarWire

/// The Prometheus text format, version 0.0.4: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
package struct Metrics {
    package enum Kind: String { case counter, gauge }

    /// A value with its labels; `nil` where the value is not known.
    package struct MetricSample {
        let labels: KeyValuePairs<String, String>
        let value: Double?

        package init(_ labels: KeyValuePairs<String, String>, _ value: Double?) {
            self.labels = labels
            self.value = value
        }
    }

    static let type = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    package init() {}

    /// Adds one metric with all its samples. An unknown value has no sample; a metric without samples is left out.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [MetricSample]) {
        let known = samples.filter { $0.value != nil }
        guard !known.isEmpty else { return }
        text += "# HELP \(name) \(Self.escape(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in known {
            text += name
            if !sample.labels.isEmpty {
                let pairs = sample.labels.map { "\($0.key)=\"\(Self.escape($0.value, quotes: true))\"" }
                text += "{\(pairs.joined(separator: ","))}"
            }
            text += " \(Self.number(sample.value ?? .nan))\n"
        }
    }

    /// Adds a metric with a single sample.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
        add(name, kind, help, [MetricSample([:], value)])
    }

    /// Escapes backslashes and line ends, and in label values quotation marks too. Other characters that do not show
    /// become U+FFFD.
    static func escape(_ text: String, quotes: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where quotes: out += "\\\""
            default: out.unicodeScalars.append(scalar.isPrintable ? scalar : "\u{FFFD}")
            }
        }
        return out
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}

extension Metrics {
    /// All of the miner's metrics.
    static func all(_ snapshot: MinerSnapshot, options: APIOptions, resources: Resources) -> String {
        var metrics = Metrics()
        metrics.run(snapshot, options)
        metrics.rates(snapshot)
        metrics.shares(snapshot)
        metrics.devices(snapshot.devices)
        metrics.pools(snapshot)
        metrics.add(
            "process_resident_memory_bytes", .gauge, "Memory of this process that is resident.",
            resources.resident.map { Double($0) })
        metrics.add(
            "process_start_time_seconds", .gauge, "When the run began, in seconds since 1970.",
            Double(snapshot.startedAt.milliseconds) / 1000)
        return metrics.text
    }

    private mutating func run(_ snapshot: MinerSnapshot, _ options: APIOptions) {
        add(
            "nightjar_info", .gauge, "The miner's version and algorithm; always 1.",
            [MetricSample(["version": options.version, "algorithm": snapshot.connection.algorithm ?? ""], 1)])
        add("nightjar_uptime_seconds", .gauge, "Seconds since the run began.", snapshot.uptime)
        add(
            "nightjar_mining", .gauge, "1 while at least one device works on a pool's job.",
            MinerCondition(snapshot) == .mining ? 1 : 0)
        add(
            "nightjar_paused", .gauge, "1 for each present reason to rest.",
            PauseReason.allCases.map {
                MetricSample(["reason": $0.rawValue], snapshot.pausedBecause.contains($0.rawValue) ? 1 : 0)
            })
    }

    private mutating func rates(_ snapshot: MinerSnapshot) {
        add(
            "nightjar_hashrate_hashes_per_second", .gauge, "Hashes per second of all devices, over a window.",
            Self.windows(snapshot.rates).map { MetricSample(["window": $0.window], $0.rate) })
        add(
            "nightjar_hashrate_highest_hashes_per_second", .gauge,
            "The highest rate over ten seconds so far.",
            snapshot.rates.highest)
        add("nightjar_power_watts", .gauge, "The mean power of all devices over a minute.", snapshot.watts)
        add(
            "nightjar_hashes_per_joule", .gauge, "Hashes of all devices for each joule, over a minute.",
            snapshot.efficiency)
        add("nightjar_hashes_total", .counter, "Hashes since the run began.", Double(snapshot.summary.hashes))
        add(
            "nightjar_device_hashrate_hashes_per_second", .gauge, "Hashes per second of a device, over a window.",
            snapshot.devices.flatMap { device in
                Self.windows(device.rates).map { MetricSample(["device": device.id, "window": $0.window], $0.rate) }
            })
        add(
            "nightjar_device_hashes_total", .counter, "Hashes of a device since its lanes began.",
            snapshot.devices.map { MetricSample(["device": $0.id], Double($0.hashes)) })
    }

    private static func windows(_ rates: MinerSnapshot.Rates) -> [(window: String, rate: Double?)] {
        [("10s", rates.tenSeconds), ("60s", rates.minute), ("15m", rates.quarterHour)]
    }

    private mutating func shares(_ snapshot: MinerSnapshot) {
        let summary = snapshot.summary
        add("nightjar_shares_found_total", .counter, "Shares that were found.", Double(summary.found))
        add(
            "nightjar_shares_total", .counter, "Shares that ended, by how they ended.",
            [
                MetricSample(["state": "accepted"], Double(summary.accepted)),
                MetricSample(["state": "rejected"], Double(summary.rejected)),
                MetricSample(["state": "stale"], Double(summary.stale)),
                MetricSample(["state": "expired"], Double(summary.expired)),
            ])
        add("nightjar_shares_waiting", .gauge, "Shares that wait for an answer.", Double(summary.unaccounted))
        add(
            "nightjar_best_share_difficulty", .gauge, "The highest difficulty that a share has met.",
            snapshot.best.first.map(\.value))
        add(
            "nightjar_device_shares_found_total", .counter, "Shares that a device found.",
            snapshot.devices.map { MetricSample(["device": $0.id], Double($0.found)) })
        add(
            "nightjar_device_shares_total", .counter, "A device's shares that the pool accepted or rejected.",
            snapshot.devices.flatMap { device in
                [
                    MetricSample(["device": device.id, "state": "accepted"], Double(device.accepted)),
                    MetricSample(["device": device.id, "state": "rejected"], Double(device.rejected)),
                ]
            })
    }

    private mutating func devices(_ devices: [MinerSnapshot.Device]) {
        add(
            "nightjar_device_info", .gauge, "What a device is; always 1.",
            devices.map { MetricSample(["device": $0.id, "name": $0.name, "kind": $0.kind], 1) })
        let states = ["resting", "preparing", "working", "recovering", "quarantined"]
        add(
            "nightjar_device_state", .gauge, "1 for the state that a device is in.",
            devices.flatMap { device in
                states.map {
                    MetricSample(["device": device.id, "state": $0], DeviceCondition(device).name == $0 ? 1 : 0)
                }
            })
        add(
            "nightjar_device_lanes", .gauge, "Streams of execution on a device.",
            devices.map { MetricSample(["device": $0.id], Double($0.lanes)) })
        add(
            "nightjar_device_checked_hashes_total", .counter, "A device's hashes that the CPU has computed again.",
            devices.map { MetricSample(["device": $0.id], $0.health.map { Double($0.checked) }) })
        add(
            "nightjar_device_wrong_hashes_total", .counter, "A device's hashes that were wrong.",
            devices.map { MetricSample(["device": $0.id], $0.health.map { Double($0.wrong) }) })
        add(
            "nightjar_device_rebuilds_total", .counter, "How often a device was rebuilt after a failure.",
            devices.map { MetricSample(["device": $0.id], $0.health.map { Double($0.rebuilds) }) })
        add(
            "nightjar_device_temperature_celsius", .gauge, "A device's temperature, where it has a sensor.",
            devices.map { MetricSample(["device": $0.id], $0.temperature) })
        add(
            "nightjar_device_power_watts", .gauge, "A device's mean power over a minute, where it can be read.",
            devices.map { MetricSample(["device": $0.id, "source": $0.power.source ?? ""], $0.power.watts) })
        add(
            "nightjar_device_energy_joules_total", .counter,
            "A device's energy since the run began, where it can be read.",
            devices.map { MetricSample(["device": $0.id, "source": $0.power.source ?? ""], $0.power.joules) })
        add(
            "nightjar_device_hashes_per_joule", .gauge, "A device's hashes for each joule, over a minute.",
            devices.map { MetricSample(["device": $0.id], $0.efficiency) })
        add(
            "nightjar_device_clock_hertz", .gauge, "A device's clock, where it can be read.",
            devices.map { MetricSample(["device": $0.id], $0.sensors.clock.map { $0 * 1e6 }) })
    }

    /// What belongs to the connections. Where devices have pools of their own, each sample names the devices.
    private mutating func pools(_ snapshot: MinerSnapshot) {
        func samples(_ value: (MinerSnapshot.Team) -> Double?) -> [MetricSample] {
            snapshot.teams.map { team in
                snapshot.teams.count > 1
                    ? MetricSample(["devices": team.devices.joined(separator: ",")], value(team))
                    : MetricSample([:], value(team))
            }
        }
        add(
            "nightjar_pool_info", .gauge, "The pool in use, or being tried; always 1.",
            snapshot.teams.map { team in
                let (pool, tls) = (team.connection.pool, team.connection.tls ?? "")
                let devices = team.devices.joined(separator: ",")
                return snapshot.teams.count > 1
                    ? MetricSample(["pool": pool, "tls": tls, "devices": devices], 1)
                    : MetricSample(["pool": pool, "tls": tls], 1)
            })
        add("nightjar_pool_connected", .gauge, "1 while connected.", samples { $0.connection.isConnected ? 1 : 0 })
        add(
            "nightjar_pool_connection_seconds", .gauge, "How long the connection has lasted.",
            samples(\.connection.connectedFor))
        add(
            "nightjar_pool_failures_total", .counter, "Connections that were lost or refused.",
            samples { Double($0.connection.failures) })
        add(
            "nightjar_pool_latency_seconds", .gauge, "The median time of the pool's last answers to shares.",
            samples { $0.connection.latency.map { Double($0) / 1000 } })
        add(
            "nightjar_pool_difficulty", .gauge, "The difficulty that the pool demands.",
            samples { $0.connection.difficulty.map(\.value) })
        add(
            "nightjar_job_height", .gauge, "The height of the block that is mined.",
            samples { $0.connection.height.map { Double($0) } })
        guard snapshot.teams.count > 1 else { return }
        add(
            "nightjar_pool_shares_total", .counter, "Shares of devices with pools of their own, by how they ended.",
            snapshot.teams.flatMap { team in
                let devices = team.devices.joined(separator: ",")
                let counts = [
                    ("accepted", team.summary.accepted), ("rejected", team.summary.rejected),
                    ("stale", team.summary.stale), ("expired", team.summary.expired),
                ]
                return counts.map { MetricSample(["devices": devices, "state": $0.0], Double($0.1)) }
            })
    }
}
