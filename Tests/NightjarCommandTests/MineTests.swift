import Foundation
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct MineTests {
    /// Checks what every run with `--log json` promises, and returns its summary.
    @discardableResult
    static func check(_ ended: Binary.Ended) throws -> [String: Any] {
        let events = try ended.events()
        let summary = try #require(events.last)
        #expect(summary["event"] as? String == "summary", "the last line is the summary: \(ended)")
        let names: Set = [
            "connected", "disconnected", "job", "share", "hashrate", "error", "summary", "notice", "paused", "resumed",
            "start", "ready", "dataset",
        ]
        for event in events {
            #expect(names.contains(try #require(event["event"] as? String)))
            #expect((event["time"] as? String)?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        }
        #expect(events.filter { $0["event"] as? String == "summary" }.count == 1)
        func count(_ name: String) throws -> Int { try #require(summary[name] as? Int, "\(name)") }
        let ends = try ["accepted", "rejected", "stale", "expired", "unaccounted"].map(count).reduce(0, +)
        #expect(try count("found") == ends && count("unaccounted") == 0)

        // What the shares' own lines say adds up to the same.
        let shares = Dictionary(grouping: events.filter { $0["event"] as? String == "share" }) { $0["id"] as? Int ?? 0 }
        #expect(try shares.count == count("found"))
        var states: [String: Int] = [:]
        for (id, lines) in shares {
            let course = lines.compactMap { $0["state"] as? String }
            // What a newer job has made worthless is not sent.
            let isWhole = course.count == 3 && course.prefix(2) == ["found", "submitted"]
            #expect(isWhole || course == ["found", "stale"], "share \(id): \(course)")
            states[course.last ?? "", default: 0] += 1
        }
        for state in ["accepted", "rejected", "stale", "expired"] {
            #expect(try states[state, default: 0] == count(state))
        }
        return summary
    }

    @Test(arguments: ["cpu", "opencl:0.0", "cpu,opencl:0.0"])
    func theSandboxAcceptsEveryShare(_ devices: String) async throws {
        let ended = try await Binary.run(
            ["mine", "--sandbox", "--device", devices, "--max-shares", "3", "--log", "json"], timeout: 240)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let summary = try Self.check(ended)
        #expect(summary["accepted"] as? Int ?? 0 >= 3 && summary["rejected"] as? Int == 0, "\(ended)")
        #expect(summary["hashes"] as? Int ?? 0 > 0 && summary["seconds"] as? Double ?? 0 > 0)
        let events = try ended.events()
        let start = try #require(events.first)
        #expect(start["event"] as? String == "start" && start["version"] is String && start["threads"] is NSNull)
        #expect(start["devices"] as? [String] == devices.split(separator: ",").map(String.init))
        #expect(start["pool"] as? String == "sandbox" && start["pools"] as? [String] == ["sandbox"])
        #expect(events.dropFirst().first { $0["event"] as? String != "notice" }?["event"] as? String == "connected")
        let ready = try #require(events.first { $0["event"] as? String == "ready" })
        #expect(
            ready["seconds"] is Double && ready["lanes"] is Int && devices.contains(ready["device"] as? String ?? "?"))
        let job = try #require(events.first { $0["event"] as? String == "job" })
        #expect(
            job["id"] is String && job["height"] is Int && job["algorithm"] as? String == "cn/2"
                && job["difficulty"] is Int)
        let share = try #require(events.first { $0["event"] as? String == "share" })
        #expect(share["job"] is String && share["difficulty"] is Int && share["reason"] is NSNull)
        #expect(devices.contains(try #require(share["device"] as? String)))
        let rate = try #require(events.first { $0["event"] as? String == "hashrate" })
        let rates = try #require(rate["devices"] as? [String: Double])
        #expect(Set(rates.keys) == Set(devices.split(separator: ",").map(String.init)))
        #expect(abs((rate["total"] as? Double ?? -1) - rates.values.reduce(0, +)) < 0.01)
    }

    @Test(arguments: ["cn/r", "rx/0", "rx/2"])
    func theSandboxMinesWhatItIsTold(_ algorithm: String) async throws {
        let ended = try await Binary.run(
            [
                "mine", "--sandbox", "-a", algorithm, "--device", "cpu", "--max-shares", "1", "--log", "json",
                "--nicehash", "-k",
                "--randomx-mode", "light",
            ])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let summary = try Self.check(ended)
        #expect(summary["accepted"] as? Int ?? 0 >= 1 && summary["rejected"] as? Int == 0, "\(ended)")
        #expect(ended.out.contains("\"algorithm\":\"\(algorithm)\""))
    }

    @Test func peopleAreToldCalmly() async throws {
        let ended = try await Binary.run(["mine", "--sandbox", "--device", "cpu", "--max-shares", "1"])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        for words in [
            "connected to 127.0.0.1:", "cpu: ready in ", " s, known answers passed, ", "accepted #1 cpu diff ",
            "found: ", "best share: difficulty ", "; set-up took ",
        ] {
            #expect(ended.out.contains(words), "\(ended)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalEndsItInOrder(_ signal: Int32) async throws {
        let run = try Binary(["mine", "--sandbox", "--device", "cpu", "--log", "json"])
        try await run.wait(for: #""state":"accepted""#)
        run.send(signal)
        let ended = try await run.ended()
        #expect(ended.code == 128 + signal && !ended.wasKilled && ended.err == "", "\(ended)")
        let summary = try Self.check(ended)
        #expect(summary["accepted"] as? Int ?? 0 > 0 && summary["rejected"] as? Int == 0)
    }

    @Test func aBackgroundJobOfAScriptCanBeInterrupted() async throws {
        // There SIGINT is ignored from the start.
        let shell = """
            "$0" mine --sandbox --device cpu --log json &
            until grep -q connected "$XDG_STATE_HOME/out"; do sleep 0.1; done
            kill -INT $!; wait $!; echo "$?" >&2
            """
        let ended = try await Binary.run([], shell: shell)
        #expect(ended.err == "130\n", "\(ended)")
        try Self.check(ended)
    }

    @Test func aSignalDuringTheSetUpEndsItInOrder() async throws {
        // Listing the OpenCL drivers waits for one that waits for the shell, which sends the signal meanwhile.
        let driver = try await SharedObject(
            "libslow.so",
            """
            #include <fcntl.h>
            #include <stdlib.h>
            #include <unistd.h>
            __attribute__((constructor)) static void loaded(void) {
                close(open(getenv("DRIVER_IS_LOADED"), O_CREAT | O_WRONLY, 0600));
                while (access(getenv("DRIVER_MAY_GO_ON"), F_OK) != 0) usleep(10000);
            }
            """)
        let vendors = driver.folder + "/vendors"
        try FileManager.default.createDirectory(atPath: vendors, withIntermediateDirectories: true)
        try Data((driver.path + "\n").utf8).write(to: URL(fileURLWithPath: vendors + "/slow.icd"))
        let (loaded, goOn) = (driver.folder + "/loaded", driver.folder + "/go-on")
        let shell = """
            "$0" mine --sandbox --log json &
            until [ -e "$DRIVER_IS_LOADED" ]; do sleep 0.1; done
            kill -TERM $!; : >"$DRIVER_MAY_GO_ON"; wait $!; echo "$?" >&2
            """
        let ended = try await Binary.run(
            [], shell: shell,
            environment: ["OCL_ICD_VENDORS": vendors, "DRIVER_IS_LOADED": loaded, "DRIVER_MAY_GO_ON": goOn])
        #expect(ended.err == "143\n", "\(ended)")
        try Self.check(ended)
    }

    @Test func aSignalThatComesTwiceIsOneWish() async throws {
        // The pool is silent, so that the run cannot be over before the second one.
        let (pool, port) = try await Self.pool(Faults(ignoreSubmits: true))
        let run = try Binary(["mine", "-o", "127.0.0.1:\(port)", "-u", "me", "--device", "cpu", "--log", "json"])
        try await run.wait(for: #""state":"submitted""#)
        run.send(SIGTERM)
        run.send(SIGINT)
        try await Task.sleep(for: .milliseconds(100))
        run.send(SIGTERM)
        let ended = try await run.ended()
        await pool.stop()
        #expect([130, 143].contains(ended.code) && !ended.wasKilled && ended.err == "", "\(ended)")
        let summary = try Self.check(ended)
        #expect(summary["expired"] as? Int ?? 0 > 0 && summary["accepted"] as? Int == 0)
    }

    @Test func timeRunsOutInOrder() async throws {
        let ended = try await Binary.run([
            "mine", "--sandbox", "--device", "cpu", "--max-seconds", "0.5", "--log", "json",
        ])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        try Self.check(ended)
    }

    @Test func withoutAPoolItEndsWith69() async throws {
        // The discard port, where nothing listens.
        let ended = try await Binary.run(
            ["mine", "-o", "127.0.0.1:9", "-u", "x", "--device", "cpu", "--max-seconds", "1.5", "--log", "json"])
        #expect(ended.code == 69, "\(ended)")
        #expect(ended.err.hasPrefix("error: no pool or node could be used before --max-seconds ran out: 127.0.0.1:9: "))
        #expect(ended.err.split(separator: "\n").count == 1)
        try Self.check(ended)
        #expect(try ended.events().filter { $0["event"] as? String == "disconnected" }.count == 1, "said once")
    }

    /// A try that fails is no loss of a connection, and says what comes next.
    @Test func peopleAreToldOfAPoolThatCannotBeReached() async throws {
        let ended = try await Binary.run(
            ["mine", "-o", "127.0.0.1:9", "-u", "x", "--device", "cpu", "--max-seconds", "0.5", "--ledger", "none"])
        #expect(ended.code == 69 && !ended.out.contains("disconnected"), "\(ended)")
        let said = ended.lines.filter { $0.contains("cannot mine at ") }
        #expect(
            said.count == 1
                && said[0].firstMatch(of: /cannot mine at 127\.0\.0\.1:9: connection refused; next try in (0\.\d|1) s$/)
                    != nil,
            "\(ended)")
        #expect(ended.out.contains("stopping: waiting for 1 device (q or Ctrl-C again: at once)"), "\(ended)")
    }

    /// No name of a library's type, and no wait as in an outage.
    @Test func aNameWithoutAnAddressAndAWrongWalletAreSaidPlainly() async throws {
        let nowhere = try await Binary.run(
            ["mine", "-o", "pool.invalid:3333", "-u", "x", "--device", "cpu", "--max-seconds", "1", "--ledger", "none"])
        #expect(
            nowhere.out.contains("cannot mine at pool.invalid:3333: its name has no address")
                && !nowhere.out.contains("Error"),
            "\(nowhere)")
        let (pool, port) = try await Self.pool(Faults(refuseLogin: "Invalid wallet address"))
        let wrong = try await Binary.run(
            [
                "mine", "-o", "127.0.0.1:\(port)", "-u", "4ABCdefghijkwxyz", "--device", "cpu", "--max-seconds", "0.5",
                "--ledger", "none",
            ])
        await pool.stop()
        let line = wrong.lines.first { $0.contains("cannot mine at ") } ?? ""
        #expect(
            line.firstMatch(
                of: /login refused: Invalid wallet address; check -u 4ABC…wxyz; next try in (4[5-9]|5\d|60) s$/) != nil,
            "\(wrong)")
    }

    @Test func moreThreadsThanCoresAreWarnedOf() async throws {
        let ended = try await Binary.run(["mine", "--sandbox", "--device", "cpu", "-t", "999", "--check"])
        #expect(ended.code == 0 && ended.err.contains("warning: -t 999: this machine has "), "\(ended)")
        let few = try await Binary.run(["mine", "--sandbox", "--device", "cpu", "-t", "1", "--check"])
        #expect(few.code == 0 && few.err == "", "\(few)")
    }

    /// A home on a read-only file system.
    @Test func itMinesWithoutALedgerAndSaysSo() async throws {
        let (pool, port) = try await Self.pool()
        let mine = #""$0" mine -o 127.0.0.1:\#(port) -u x --device cpu --max-shares 1 --log json"#
        let without = try await Binary.run([], shell: "XDG_STATE_HOME=/proc/nowhere " + mine)
        #expect(without.code == 0, "\(without)")
        let notices = try without.events().compactMap { $0["message"] as? String }
        let words = "warning: mining without a history: share ledger /proc/nowhere/nightjar/shares.sqlite: mkdir "
        #expect(notices.count { $0.hasPrefix(words) } == 1, "\(notices)")
        #expect(try Self.check(without)["accepted"] as? Int ?? 0 >= 1)

        let off = try await Binary.run([], shell: mine + " --ledger none")
        #expect(off.code == 0 && !off.out.contains("history"), "\(off)")
        await pool.stop()
    }

    /// A pool in this process, which hashes shares by the engine's portable code.
    static func pool(_ faults: Faults = Faults()) async throws -> (pool: SandboxPool, port: Int) {
        let engine = try Engine(devices: [.cpu])
        var configuration = SandboxConfiguration(algorithms: [.cn2])
        configuration.faults = faults
        let pool = SandboxPool(configuration) { try await engine.portableProof(of: $0) }
        return (pool, try await pool.start())
    }

    @Test func aPoolGetsSharesAndTheLedgerHasThem() async throws {
        let (pool, port) = try await Self.pool()
        let run = try Binary([
            "mine", "-o", "127.0.0.1:9", "-o", "stratum+tcp://127.0.0.1:\(port)", "-u", "me", "-p", "secret-pass",
            "--rig-id", "r1", "--device", "cpu", "--max-shares", "2", "--log", "json",
        ])
        try await run.wait(for: #""event":"connected""#)
        // A password must not be seen by others on the machine.
        #expect(!(try run.commandLine().contains("secret-pass")))
        let ended = try await run.ended()
        #expect(ended.code == 0 && ended.err == "" && !ended.out.contains("secret-pass"), "\(ended)")
        let summary = try Self.check(ended)
        let accepted = try #require(summary["accepted"] as? Int)
        #expect(accepted >= 2 && summary["rejected"] as? Int == 0)
        #expect(await pool.stats.accepted == accepted)
        await pool.stop()

        #expect(
            try FileManager.default.contentsOfDirectory(atPath: run.directory + "/nightjar") == ["shares.sqlite"],
            "nothing is left beside the ledger")
        let entries = try ShareLedger(path: run.directory + "/nightjar/shares.sqlite").entries()
        #expect(entries.count == summary["found"] as? Int && entries.filter { $0.state == .accepted }.count == accepted)
        #expect(entries.allSatisfy { $0.pool == "127.0.0.1:\(port)" && $0.device == "cpu" && $0.algorithm == "cn/2" })
    }

    @Test func aPoolsRefusalIsKeptVerbatim() async throws {
        let (pool, port) = try await Self.pool(Faults(submitError: "Low difficulty share"))
        let ended = try await Binary.run(
            ["mine", "-o", "127.0.0.1:\(port)", "-u", "me", "--device", "cpu", "--max-shares", "1", "--log", "json"])
        await pool.stop()
        let summary = try Self.check(ended)
        #expect(
            ended.code == 0 && summary["rejected"] as? Int ?? 0 >= 1 && summary["accepted"] as? Int == 0, "\(ended)")
        #expect(ended.out.contains(#""state":"rejected","reason":"Low difficulty share""#))
    }

    @Test func aCrashLeavesNoShareUnaccountedFor() async throws {
        // The pool is silent, so that every share is in flight when the process is killed.
        let (pool, port) = try await Self.pool(Faults(ignoreSubmits: true))
        let run = try Binary(["mine", "-o", "127.0.0.1:\(port)", "-u", "me", "--device", "cpu", "--log", "json"])
        try await run.wait(for: #""state":"submitted""#)
        run.send(SIGKILL)
        let ended = try await run.ended()
        #expect(ended.wasKilled)
        await pool.stop()

        let path = run.directory + "/nightjar/shares.sqlite"
        let ledger = try ShareLedger(path: path)
        let said = ended.lines.filter { $0.contains(#""state":"submitted""#) }.count
        let entries = try ledger.entries()
        #expect(entries.count >= said && said > 0 && ledger.recovered == entries.count)
        #expect(entries.allSatisfy { $0.state == .expired && $0.reason == "the miner ended before an answer" })
    }

    @Test func aReaderThatLeavesEndsTheRun() async throws {
        let shell = #"{ "$0" mine --sandbox --device cpu --log json; echo "$?" >&2; } | head -n 1"#
        let ended = try await Binary.run([], shell: shell)
        #expect(
            ended.lines.count == 1 && ended.err == "error: standard output: its reader has gone\n1\n", "\(ended)")
    }
}
