import Foundation
import NightjarAPI
import NightjarJSON
import NightjarMiner
import NightjarPlatform
import TestSupport
import Testing

/// What is told of a run, in JSON and to the page.
@Suite(.timeLimit(.minutes(5))) struct ViewTests {
    private static let paths = [
        "/1/summary", "/api.json", "/2/summary", "/2/backends", "/1/threads", "/api/state.json", "/health",
    ]

    @Test(arguments: paths, [MinerSnapshot.mining, .fresh, .paused]) func answersAreAsDescribed(
        _ path: String, _ snapshot: MinerSnapshot
    ) async throws {
        let schema = try Schema()
        let fixture = try await Fixture(snapshot: snapshot)
        let answer = try await fixture.client.ask(path)
        #expect(answer["content-type"] == "application/json")
        #expect(try schema.faults(answer.json(), #require(schema.answers[path])) == [])
    }

    @Test func refusalsAreAsDescribed() async throws {
        let schema = try Schema()
        let fixture = try await Fixture()
        for (method, path) in [
            ("GET", "/nowhere"), ("GET", "/1/config"), ("PUT", "/metrics"), ("POST", "/pause"),
            ("GET", "/api/state.json?range=1"),
        ] {
            let answer = try await fixture.client.ask(method, path)
            #expect(try schema.faults(answer.json(), "Refusal") == [], "\(method) \(path)")
        }
    }

    /// The check itself: what is changed in a right answer is found.
    @Test func theSchemaFindsFaults() async throws {
        let schema = try Schema()
        let fixture = try await Fixture()
        let right = try #require(try await fixture.client.ask("/2/summary").json() as? [String: Any])
        #expect(schema.faults(right, "SummaryV2").isEmpty)
        for name in right.keys {
            var less = right
            less[name] = nil
            #expect(schema.faults(less, "SummaryV2").count == 1, "without \(name)")
            var other = right
            other[name] = -0.5
            #expect(!schema.faults(other, "SummaryV2").isEmpty, "\(name)")
        }
        #expect(schema.faults(right.merging(["more": 1]) { $1 }, "SummaryV2").count == 1)
        #expect(!schema.faults(right, "SummaryV1").isEmpty)
        #expect(!schema.faults(right.merging(["paused": 1]) { $1 }, "SummaryV2").isEmpty, "a number is no boolean")
        #expect(!schema.faults(right.merging(["uptime": true]) { $1 }, "SummaryV2").isEmpty, "a boolean is no number")
    }

    @Test func theSummaryTellsTheRun() async throws {
        let fixture = try await Fixture()
        for path in ["/1/summary", "/2/summary", "/api.json"] {
            let summary = try #require(try await fixture.client.ask(path).json() as? [String: Any])
            func value(_ names: String...) -> String {
                var value: Any = summary
                for name in names { value = (value as? [String: Any])?[name] ?? "nothing" }
                return "\(value)"
            }
            #expect(value("worker_id") == "rig 1" && value("version") == "1.2.3" && value("kind") == "miner")
            #expect(value("uptime") == "120" && value("algo") == "cn/2" && value("donate_level") == "0")
            #expect(summary["restricted"] as? Bool == true && summary["paused"] as? Bool == false)
            #expect(summary["algorithms"] as? [String] == ["cn/2", "rx/0"])
            #expect(value("results", "diff_current") == "18446744073709551615")
            #expect(value("results", "shares_good") == "2" && value("results", "shares_total") == "3")
            #expect(value("results", "avg_time") == "60" && value("results", "avg_time_ms") == "60250")
            let results = try #require(summary["results"] as? [String: Any])
            #expect(results["best"] as? [Int] == [9000, 7000, 50, 1, 0, 0, 0, 0, 0, 0])
            #expect(value("connection", "pool") == "198.51.100.7:3333" && value("connection", "ip") == "198.51.100.7")
            #expect(value("connection", "uptime_ms") == "61250" && value("connection", "ping") == "42")
            #expect(value("connection", "tls") == "TLSv1.3" && value("connection", "failures") == "3")
            let rates = try #require(summary["hashrate"] as? [String: Any])
            let total = try #require(rates["total"] as? [Any])
            #expect(total[0] as? Double == 40.5 && total[1] as? Double == 41 && total[2] is NSNull)
            #expect(rates["highest"] as? Double == 44)
            #expect((rates["threads"] as? [Any])?.count == (path == "/2/summary" ? nil : 2))
            #expect(
                (results["error_log"] as? [[String: Any]])?.first?["text"] as? String
                    == (path == "/2/summary" ? nil : MinerSnapshot.hostile))
        }
    }

    @Test func whatIsNotKnownIsNull() async throws {
        let fixture = try await Fixture(snapshot: .fresh)
        let summary = try #require(try await fixture.client.ask("/2/summary").json() as? [String: Any])
        #expect(summary["algo"] is NSNull)
        #expect((summary["connection"] as? [String: Any])?["ip"] is NSNull, "a name is no address")
        let rates = try #require(summary["hashrate"] as? [String: Any])
        #expect((rates["total"] as? [Any])?.allSatisfy { $0 is NSNull } == true && rates["highest"] is NSNull)
        let backends = try #require(try await fixture.client.ask("/2/backends").json() as? [[String: Any]])
        let health = try #require((backends[0]["threads"] as? [[String: Any]])?.first?["health"] as? [String: Any])
        #expect(health["temperature"] is NSNull && health["checked"] is NSNull && health["errorRate"] is NSNull)
    }

    @Test func backendsTellTheDevices() async throws {
        let fixture = try await Fixture()
        let backends = try #require(try await fixture.client.ask("/2/backends").json() as? [[String: Any]])
        #expect(backends.map { $0["type"] as? String } == ["cpu", "opencl", "cuda"])
        #expect(backends.map { $0["enabled"] as? Bool } == [true, true, false])
        #expect(backends[0]["memory"] as? Int == 4 << 20, "two lanes of 2 MiB")
        let threads = backends.map { $0["threads"] as? [[String: Any]] }
        #expect(threads[0]?.count == 1 && threads[1]?.count == 1 && threads[2] == nil)
        let gpu = try #require(threads[1]?.first)
        #expect(gpu["name"] as? String == MinerSnapshot.hostile)
        let health = try #require(gpu["health"] as? [String: Any])
        #expect(health["state"] as? String == "quarantined" && health["errorRate"] as? Double == 0.03)
        #expect(
            health["reason"] as? String == "driver says \(MinerSnapshot.hostile)" && health["temperature"] is NSNull)
        // What fleet tools read of a card, null or empty where nothing is known.
        for name in ["power", "clock", "mem_clock"] { #expect(health[name] is NSNull, "\(name)") }
        for name in ["fan_speed", "rpm"] { #expect((health[name] as? [Any])?.isEmpty == true, "\(name)") }
        #expect(gpu["bus_id"] is NSNull && gpu["board"] as? String == MinerSnapshot.hostile)
        #expect(gpu["cu"] as? Int == 28 && gpu["global_mem"] as? Int == 8 << 30)
        #expect(threads[0]?.first?["affinity"] as? Int == 0 && threads[0]?.first?["affinities"] as? [Int] == [0, 5])
        #expect(gpu["affinity"] as? Int == -1 && gpu["affinities"] as? [Int] == [])
        let cpu = try #require(threads[0]?.first?["health"] as? [String: Any])
        #expect(cpu["temperature"] as? Double == 61.5 && cpu["state"] as? String == "working")
    }

    @Test func aCardsSensorsAreTold() async throws {
        var snapshot = MinerSnapshot.mining
        let index = try #require(snapshot.devices.firstIndex { $0.id != "cpu" })
        var sensors = CardReadings()
        (sensors.watts, sensors.clock, sensors.memoryClock) = (143.6, 2450, 1000)
        (sensors.fan, sensors.fanTurns) = (0.2, 1200)
        snapshot.devices[index].sensors = sensors
        snapshot.devices[index].power.watts = 140
        snapshot.devices[index].power.joules = 2800
        snapshot.devices[index].power.source = "hwmon"
        snapshot.devices[index].rates.minute = 700
        snapshot.devices[index].pciAddress = "0000:03:00.0"
        snapshot.watts = 140
        snapshot.rates.minute = 700
        let fixture = try await Fixture(snapshot: snapshot)
        let backends = try #require(try await fixture.client.ask("/2/backends").json() as? [[String: Any]])
        let gpu = try #require((backends[1]["threads"] as? [[String: Any]])?.first)
        let health = try #require(gpu["health"] as? [String: Any])
        #expect(
            health["power"] as? Int == 143 && health["clock"] as? Int == 2450 && health["mem_clock"] as? Int == 1000)
        #expect(health["fan_speed"] as? [Int] == [20] && health["rpm"] as? [Int] == [1200])
        #expect(health["watts"] as? Double == 140 && health["hashesPerJoule"] as? Double == 5)
        #expect(health["joules"] as? Double == 2800 && health["powerSource"] as? String == "hwmon")
        #expect(gpu["bus_id"] as? String == "0000:03:00.0")
        let metrics = try await fixture.client.ask("/metrics").text
        for line in [
            "nightjar_power_watts 140", "nightjar_hashes_per_joule 5",
            "nightjar_device_power_watts{device=\"opencl:0.0\",source=\"hwmon\"} 140",
            "nightjar_device_energy_joules_total{device=\"opencl:0.0\",source=\"hwmon\"} 2800",
        ] { #expect(metrics.contains("\n\(line)\n"), "\(line)") }
    }

    /// The CPU's backend of the other path, and an empty list where the CPU does not mine.
    @Test func threadsAreTheCPUsBackend() async throws {
        var snapshot = MinerSnapshot.mining
        let fixture = try await Fixture(snapshot: snapshot)
        let backends = try #require(try await fixture.client.ask("/2/backends").json() as? [NSDictionary])
        let threads = try #require(try await fixture.client.ask("/1/threads").json() as? NSDictionary)
        #expect(threads == backends[0])
        let rates = (threads["threads"] as? [[String: Any]])?.first?["hashrate"] as? [Any]
        #expect(rates?.count == 3 && rates?[0] as? Double == 40.5)
        snapshot.devices.removeFirst()
        let other = try await Fixture(snapshot: snapshot)
        let without = try #require(try await other.client.ask("/1/threads").json() as? [String: Any])
        #expect((without["threads"] as? [Any])?.isEmpty == true && without["enabled"] as? Bool == false)
    }

    /// However a name is spelled, no byte of it can end a string, a line or a script in what is sent.
    @Test func whatComesFromOutsideIsEscaped() async throws {
        let fixture = try await Fixture()
        for path in Self.paths {
            let answer = try await fixture.client.ask(path)
            #expect(!answer.body.dropLast().contains { $0 < 0x20 }, "\(path)")
            #expect(!answer.text.contains("\u{2028}"), "\(path)")
        }
    }

    @Test func healthSaysWhetherItMines() async throws {
        var lost = MinerSnapshot.mining
        lost.connection.isConnected = false
        var failed = MinerSnapshot.mining
        failed.devices.removeFirst()
        for (snapshot, status, name, reason) in [
            (MinerSnapshot.mining, 200, "mining", nil),
            (.fresh, 503, "disconnected", "no connection to a pool or node"),
            (lost, 503, "disconnected", "no connection to a pool or node"),
            (.paused, 503, "paused", "paused by the user, the machine runs on its battery"),
            (.preparing, 503, "preparing", "no device works yet"), (failed, 503, "failed", "every device has failed"),
        ] as [(MinerSnapshot, Int, String, String?)] {
            let fixture = try await Fixture(snapshot: snapshot)
            for method in ["GET", "HEAD"] { #expect(try await fixture.client.ask(method, "/health").status == status) }
            let json = try #require(try await fixture.client.ask("/health").json() as? [String: Any])
            #expect(json["status"] as? String == name && json["reason"] as? String == reason)
        }
    }

    @Test(arguments: [("", 3600), ("?range=3600", 3600), ("?range=86400", 86400), ("?x&range=21600&y", 21600)])
    func theStateHasTheRangeAskedFor(_ query: String, _ range: Int) async throws {
        let fixture = try await Fixture()
        let state = try #require(try await fixture.client.ask("/api/state.json\(query)").json() as? [String: Any])
        #expect(state["range"] as? Int == range)
        let history = try #require(state["history"] as? [[Double]])
        #expect(
            history.count > 1 && history.allSatisfy { $0[1] == 40 }
                && history.map { $0[0] } == history.map { $0[0] }.sorted())
    }

    @Test(arguments: ["1", "", "-3600", "x", "3600.0", "99999999999999999999"]) func otherRangesAreRefused(
        _ range: String
    ) async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.client.ask("/api/state.json?range=\(range)").status == 400)
    }

    @Test func aLongHistoryIsAveraged() throws {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        // A day of samples; the rate climbs by one each sample.
        let samples = (1...8640).map { i in
            MinerSnapshot.RateSample(
                time: Timestamp(milliseconds: now.milliseconds - Int64(8640 - i) * 10_000), total: Double(i))
        }
        for range in DashboardState.ranges {
            guard case .array(let points) = DashboardState.history(samples, range: range, now: now) else {
                return #expect(Bool(false))
            }
            #expect(points.count >= DashboardState.mostPoints && points.count <= DashboardState.mostPoints + 1)
            // Each point is the mean of what lies between it and the one before: on a line, that is the line again.
            let width = Double(range) / 3600
            for point in points.dropFirst() {
                guard let pair = point.array, let time = pair[0].int64, let rate = pair[1].double else {
                    return #expect(Bool(false))
                }
                let last = 8640 - Double(now.milliseconds - time) / 10_000
                #expect(abs(rate - (last - (width - 1) / 2)) < width, "\(range): \(rate) at \(last)")
            }
        }
        #expect(DashboardState.history([], range: 3600, now: now) == .array([]))
    }

    // MARK: The page

    @Test func thePageNeedsNothingFromElsewhere() async throws {
        let fixture = try await Fixture()
        let page = try await fixture.client.ask("/")
        #expect(page["content-type"] == "text/html; charset=utf-8")
        let links = page.text.matches(of: /(?:src|href|action)="([^"]*)"/).map { String($0.1) }
        #expect(Set(links) == ["/favicon.svg", "/dashboard.css", "/dashboard.js", "/2/summary"])
        for link in links { #expect(try await fixture.client.ask(link).status == 200) }
        // The policy would forbid these, and the page would be lame without them.
        #expect(
            !page.text.contains("style=") && page.text.firstMatch(of: /\ on[a-z]+=/) == nil
                && page.text.firstMatch(of: /<script(?! src=)/) == nil)
        let script = try await fixture.client.ask("/dashboard.js")
        #expect(script["content-type"] == "text/javascript; charset=utf-8")
        for word in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "localStorage",
        ] {
            #expect(!script.text.contains(word), "\(word)")
        }
        for path in ["/", "/dashboard.css", "/dashboard.js", "/favicon.svg"] {
            let text = try await fixture.client.ask(path).text.replacing("http://www.w3.org/2000/svg", with: "")
            #expect(!text.contains("://") && !text.contains("@import") && !text.contains("url("), "\(path)")
        }
    }

    @Test func aProcessorIsReadFromTheSystem() {
        var machine = Machine()
        machine.take(
            cpuinfo: """
                processor\t: 0
                cpu family\t: 25
                model\t\t: 1
                model name\t: AMD EPYC
                stepping\t: 1
                physical id\t: 0
                flags\t\t: fpu sse2 aes avx avx2 sse4_1 hypervisor

                processor\t: 1
                cpu family\t: 6
                model\t\t: 2
                stepping\t: 3
                physical id\t: 1
                flags\t\t: fpu

                """)
        #expect(machine.family == 25 && machine.model == 1 && machine.stepping == 1 && machine.packages == 2)
        #expect(machine.flags == ["aes", "avx", "avx2", "sse2", "sse4.1", "vm"])
        #expect(machine.signature == 0xA00F11, "what CPUID gives on that processor")
        machine.take(cpuinfo: "")
        #expect(machine.packages == 1)
    }
}

extension MinerSnapshot {
    static var paused: MinerSnapshot {
        var snapshot = mining
        snapshot.pausedBecause = ["user", "battery"]
        return snapshot
    }

    static var preparing: MinerSnapshot {
        var snapshot = fresh
        snapshot.connection.isConnected = true
        return snapshot
    }
}
