import Foundation
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct ConfigurationTests {
    /// A configuration file, removed with the object.
    final class File {
        let directory = NSTemporaryDirectory() + "nightjar-config-\(UUID().uuidString)"
        var path: String { directory + "/c.json" }

        init(_ text: String) throws {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try write(text)
        }

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// As an editor does it: another file takes the place.
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    @Test func aRunCanBeSaidInAFile() async throws {
        let file = try File(
            #"{"sandbox": true, "devices": ["cpu"], "maxSeconds": 0.5, "log": "json", "algorithm": "cn/0"}"#)
        let ended = try await Binary.run(["mine", "-c", file.path])
        #expect(ended.code == 0 && ended.err == "" && ended.out.contains(#""algorithm":"cn/0""#), "\(ended)")
        try MineTests.check(ended)
    }

    @Test func everySettingIsAFlagOfMine() async throws {
        let help = try await Binary.run(["mine", "--help"]).out
        for row in SettingList.standard.rows where row.flag != nil {
            let value = row.kind == .bool ? " " : " <\(row.valueName)>"
            #expect(help.contains("\n  \(row.flags.joined(separator: ", "))\(value)"), "\(row.key)")
        }
    }

    @Test func aFaultIsOneLineAndABadConfiguration() async throws {
        let file = try File("{\n  \"sandbox\": true,\n  \"treads\": 2\n}")
        let ended = try await Binary.run(["mine", "-c", file.path])
        #expect(ended.code == 78 && ended.out == "", "\(ended)")
        #expect(ended.err == "error: \(file.path):3: treads: there is no such key; the nearest is 'threads'\n")
    }

    @Test func theEnvironmentCountsAndIsHeldToTheSame() async throws {
        let environment = [
            "NIGHTJAR_SANDBOX": "yes", "NIGHTJAR_DEVICES": "cpu", "NIGHTJAR_MAX_SECONDS": "0.5", "NIGHTJAR_LOG": "json",
        ]
        var ended = try await Binary.run(["mine"], environment: environment)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        try MineTests.check(ended)
        ended = try await Binary.run(["mine", "--sandbox"], environment: ["NIGHTJAR_THREADS": "none"])
        let said = "error: NIGHTJAR_THREADS: 'none': a whole number, or a part as in 50%, is needed\n"
        #expect(ended.code == 78 && ended.err == said, "\(ended)")
    }

    @Test func whatIsPrintedCanBeUsed() async throws {
        let example = try await Binary.run(["mine", "--print-config"])
        #expect(example.code == 0 && example.err == "", "\(example)")
        let values = try #require(try example.json() as? [String: Any])
        let path = (values["ledger"] as? [String: Any])?["path"] as? String
        #expect(path?.hasSuffix("/nightjar/shares.sqlite") == true, "\(values)")
        #expect(values["threads"] as? String == "100%", "\(values)")
        #expect(values["userAgent"] is NSNull, "it would pin this version: \(values)")
        // Flags and a file go into it; a password does not.
        let given = try await Binary.run(
            [
                "mine", "-o", "127.0.0.1:9", "-u", "me", "-p", "hidden", "--device", "cpu", "--log", "json",
                "--max-seconds", "0.2", "--user-agent", "rig/1", "--print-config",
            ])
        #expect(given.code == 0 && !given.out.contains("hidden"), "\(given)")
        #expect(given.out.contains(#""userAgent": "rig/1""#), "\(given)")
        let file = try File(given.out)
        let ended = try await Binary.run(["mine", "-c", file.path])
        #expect(ended.code == 69 && ended.err.contains("127.0.0.1:9: "), "\(ended)")
    }

    @Test func aSecretThatOthersMayReadIsSaid() async throws {
        let file = try File(
            #"{"pools": [{"url": "127.0.0.1:9", "user": "me", "pass": "hidden"}], "devices": "cpu", "maxSeconds": 0.2}"#
        )
        var ended = try await Binary.run(["mine", "-c", file.path])
        #expect(ended.code == 69 && !ended.out.contains("chmod") && !ended.out.contains("hidden"), "\(ended)")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        ended = try await Binary.run(["mine", "-c", file.path])
        #expect(
            ended.out.contains(
                "warning: \(file.path) holds a secret, and other users of this machine may read it: chmod 600"))
        #expect(!ended.out.contains("hidden"), "\(ended)")
    }

    @Test func aRunFollowsItsFile() async throws {
        let (pool, port) = try await MineTests.pool()
        func text(_ more: String) -> String {
            #"{"pools": [{"url": "127.0.0.1:\#(port)", "user": "me"}], "devices": ["cpu"], \#(more)}"#
        }
        let file = try File(text(#""threads": 2"#))
        let run = try Binary(["mine", "-c", file.path])
        try await run.wait(for: " s, known answers passed, ")
        // A file with a fault changes nothing, and is said.
        try file.write(text("\n\"thread\": 1"))
        try await run.wait(
            for:
                "\(file.path):2: thread: there is no such key; the nearest is 'threads'; the old configuration stays in use"
        )
        // Other lanes, hours that it is not, and what cannot change any more.
        let hour = (Calendar.current.component(.hour, from: Date()) + 12) % 24
        try file.write(text(#""threads": 1, "maxShares": 9, "care": {"schedule": "\#(hour):00-\#(hour):01"}"#))
        try await run.wait(for: "configuration: new settings for pauses and temperature are in effect")
        try await run.wait(for: "configuration: mining on cpu")
        try await run.wait(for: "configuration: changes at the next start: maxShares")
        try await run.wait(for: "paused: outside the hours of the schedule")
        try file.write(text(#""threads": 1, "maxShares": 9"#))
        try await run.wait(for: "  resumed\n")
        try await run.wait(for: "passed, 1 thread")
        let before = await pool.stats.accepted
        try await eventually("another share") { await pool.stats.accepted > before }
        run.send(SIGTERM)
        let ended = try await run.ended()
        let accepted = await pool.stats.accepted
        await pool.stop()
        #expect(ended.code == 143, "\(ended)")
        #expect(ended.out.contains(" found: \(accepted) accepted (") && !ended.out.contains("rejected"), "\(ended)")
    }

    /// `--nice`, the program's own niceness and both: the lanes take the greater one.
    @Test(arguments: [([], 6, 6), (["--nice", "7"], 0, 7), (["--nice", "7"], 9, 9)])
    func lanesGiveUpPriority(_ flags: [String], _ program: Int, _ expected: Int) async throws {
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        // The tests may be nice, too.
        let own = Int(getpriority(which, id_t(getpid())))
        let (first, lanes) = (min(19, own + program), max(expected, min(19, own + program)))
        let run = try Binary(
            ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "--log", "json"] + flags,
            shell: #"exec nice -n \#(program) "$0" "$@""#)
        try await run.wait(for: #""event":"job""#)
        func nice(ofThreads isMeant: (String) -> Bool) -> Set<Int> {
            let tasks = "/proc/\(run.processID)/task"
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
            return Set(
                threads.compactMap { thread in
                    guard let name = try? String(contentsOfFile: "\(tasks)/\(thread)/comm", encoding: .utf8),
                        isMeant(name), let number = id_t(thread)
                    else { return nil }
                    return Int(getpriority(which, number))
                })
        }
        // Each thread lowers itself as it begins.
        try await eventually(every: .milliseconds(20), "lanes of priority \(lanes)") {
            nice { $0.hasPrefix("cpu ") } == [lanes]
        }
        #expect(getpriority(which, id_t(run.processID)) == Int32(first), "control goes first")
        run.send(SIGTERM)
        _ = try await run.ended()
    }

    @Test func aScheduleLetsTheLanesRest() async throws {
        // An hour that it is not: half a day away from the one that it is.
        let hour = (Calendar.current.component(.hour, from: Date()) + 12) % 24
        let run = try Binary([
            "mine", "--sandbox", "--device", "cpu", "--log", "json", "--schedule", "\(hour):00-\(hour):01",
        ])
        try await run.wait(for: #""event":"paused","reasons":["schedule"]"#)
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
    }

    @Test func historyIsShown() async throws {
        let (pool, port) = try await MineTests.pool()
        let run = try Binary([
            "mine", "-o", "127.0.0.1:\(port)", "-u", "me", "--device", "cpu", "--log", "json", "--max-shares", "1",
        ])
        let ended = try await run.ended()
        await pool.stop()
        let summary = try MineTests.check(ended)
        let environment = ["XDG_STATE_HOME": run.directory]
        let lines = try await Binary.run(["history", "--by", "pool"], environment: environment)
        #expect(lines.code == 0 && lines.lines.count == 2 && lines.lines[1].hasPrefix("127.0.0.1:\(port) "), "\(lines)")
        #expect(lines.out.contains("expired  waiting ") && lines.out.hasSuffix(" ms\n"), "\(lines)")
        for by in ["day", "device", "pool"] {
            let told = try await Binary.run(["history", "--by", by, "--json"], environment: environment)
            let json = try #require(try told.json() as? [String: Any], "\(told)")
            let total = try #require(json["total"] as? [String: Any])
            for name in ["found", "accepted", "rejected", "stale", "expired", "unaccounted"] {
                #expect(total[name] as? Int == summary[name] as? Int, "\(name)")
            }
            let row = try #require((json["rows"] as? [[String: Any]])?.first)
            #expect(
                row[by] is String && row["accepted"] as? Int == total["accepted"] as? Int && total["work"] is Double)
        }
        let none = try await Binary.run(["history"])
        #expect(none.code == 0 && none.out.hasPrefix("no shares in the last 30 days in "), "\(none)")
        #expect(none.out.hasSuffix(" (the sandbox's are not kept)\n"), "\(none)")
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct SetupTests {
    @Test func theCommandsAreOnlyPrinted() async throws {
        let before = try? String(contentsOfFile: "/proc/sys/vm/nr_hugepages", encoding: .utf8)
        let ended = try await Binary.run(["setup", "--pages", "1000000"])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines.contains("sysctl -w vm.nr_hugepages=1000000"))
        #expect(ended.lines.contains("sh -c 'echo vm.nr_hugepages=1000000 >/etc/sysctl.d/60-nightjar.conf'"))
        #expect((try? String(contentsOfFile: "/proc/sys/vm/nr_hugepages", encoding: .utf8)) == before)
    }

    @Test func theyAreRunOnRequestAndByRootAlone() async throws {
        // In the place of the real ones.
        let tools = NSTemporaryDirectory() + "nightjar-tools-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: tools) }
        for name in ["sysctl", "sh"] {
            try Data("#!/bin/bash\necho \"ran ${0##*/} $*\"\n".utf8).write(to: URL(fileURLWithPath: "\(tools)/\(name)"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(tools)/\(name)")
        }
        let ended = try await Binary.run(["setup", "--apply", "--pages", "1000000"], environment: ["PATH": tools])
        if geteuid() == 0 {
            #expect(ended.code == 0 && ended.out.contains("ran sysctl -w vm.nr_hugepages=1000000\n"), "\(ended)")
            #expect(ended.out.contains("ran sh -c echo vm.nr_hugepages=1000000 >/etc/sysctl.d/60-nightjar.conf\n"))
            #expect(ended.out.contains("the kernel found room for "))
        } else {
            #expect(ended.code == 1 && ended.err.hasPrefix("error: only root can set up huge pages"), "\(ended)")
        }
    }

    @Test func enoughIsEnough() async throws {
        let present = try #require(
            Int(
                try String(contentsOfFile: "/proc/sys/vm/nr_hugepages", encoding: .utf8).trimmingCharacters(
                    in: .whitespacesAndNewlines)))
        guard present > 0 else {
            #expect(try await Binary.run(["setup", "--pages", "1"]).lines.contains("sysctl -w vm.nr_hugepages=1"))
            return
        }
        let ended = try await Binary.run(["setup", "--apply", "--pages", "\(present)"])
        #expect(ended.code == 0 && ended.out.hasSuffix("nothing to do\n"), "\(ended)")
    }
}
