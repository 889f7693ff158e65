import Foundation
import NightjarWire
import TestSupport
import Testing

/// Passwords and tokens that come as arguments, in every spelling, and what is said of them.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SecretTests {
    private static let secret = "Qz7vKp-secret"

    /// Ways to give a password that the parser takes.
    private static let accepted: [[String]] = [
        ["-p", secret], ["-kp", secret], ["-pk", secret], ["-p=\(secret)"], ["--pass", secret],
        ["--pass=\(secret)"],
        ["--api-token", secret + secret, "--api", "127.0.0.1:0"],
        ["--api-token=\(secret)\(secret)", "--api", "127.0.0.1:0"],
    ]

    @Test(arguments: accepted)
    func othersDoNotSeeIt(_ arguments: [String]) async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let run = try Binary(
            ["mine", "-o", "\(url)", "-u", "me", "--device", "cpu", "--log", "json"] + arguments)
        let login = try await eventually("a login") { await server.lines.first }
        #expect(login.contains("Qz7vKp") != arguments.contains { $0.hasPrefix("--api") })
        let shown = try run.commandLine()
        #expect(!shown.contains("Qz7vKp") && shown.contains("\(url)"), "\(shown)")
        run.send(SIGTERM)
        let ended = try await run.ended()
        await server.stop()
        #expect(ended.code == 143 && !"\(ended)".contains("Qz7vKp"), "\(ended)")
    }

    /// Arguments that are wrong near a secret.
    @Test(arguments: [
        "-o h:1 -u x --proxy http://u:Qz7vKp-secret@p:1", "-o h:1 -u x --proxxy=socks5://u:Qz7vKp@p:1",
        "-o h:1 -u x -pQz7vKp-secret", "-o h:1 -u x -kpQz7vKp-secret", "-o h:1 -u x -kp=Qz7vKp",
        "-o h:1 -u x -p a Qz7vKp secret",
        "-o h:1 -u x -p=a Qz7vKp", "-o h:1 -u x --pass=a Qz7vKp", "--pas Qz7vKp", "--passs Qz7vKp", "--password=Qz7vKp",
        "-p -Qz7vKp", "-p --Qz7vKp", "--pass -Qz7vKp secret", "-o h:1 -u x -p Qz7vKp --Qz7vKp", "-pass Qz7vKp",
        "--api-token a Qz7vKp", "--api-tokn Qz7vKp", "-o u:Qz7vKp@h:1 -u x", "-o Qz7vKp@://h:1 -u x",
        "-o stratum+tcp://u:Qz7vKp@h:1 -u x", "-o h:1@Qz7vKp -u x", "--zmq u:Qz7vKp@h:1 -o daemon+http://h:1 -u x",
        "-o h:1 -u x -pQz7vKp=1", "-pc2Qz7vKp==", "--pass=\u{301}Qz7vKp a", "--pass=\u{FE0F}Qz7vKp a", "–p Qz7vKp",
        "—pass=Qz7vKp", "\u{200B}-p Qz7vKp", "-PQz7vKp", "pass=Qz7vKp", "-o h:1 -u x -p a -Qz7vKp", "-p a --Qz7vKp",
        "-o h:1/?pass=Qz7vKp -u x", "-o w:Qz7vKp%40h:1 -u x", "-o w:Qz7vKp -u x", "--tok Qz7vKp",
        "-o stratum+tcp://w:Qz7vKp/h:1 -u x", "-o w:Qz7vKp#h:1 -u x", "-o [w:Qz7vKp]:1 -u x", "-o [w:Qz7vKp -u x",
        "-o w:Qz7vKp://h:1 -u x", "-a sha256d -o daemon+http://h:1 -u x --rpc-cookie __cookie__:Qz7vKp",
        "-a sha256d -o daemon+http://h:1 -u x --rpc-cookie=__cookie__:Qz7vKp", "--rpc-cooki __cookie__:Qz7vKp",
        "--rpc-cookie f __cookie__:Qz7vKp", "--cookie=w:Qz7vKp", "__cookie__:Qz7vKp",
    ])
    func aMessageDoesNotRepeatIt(_ arguments: String) async throws {
        let ended = try await Binary.run(["mine"] + arguments.split(separator: " ").map(String.init))
        #expect(ended.code == 64 && ended.out == "", "\(ended)")
        #expect(ended.err.hasPrefix("error: ") && ended.err.split(separator: "\n").count == 1, "\(ended)")
        #expect(!ended.err.contains("Qz7vKp"), "\(ended)")
    }

    /// The same in a file or in the environment, and what is said instead.
    @Test func aLoginInPlaceOfItsFileIsNotRepeated() async throws {
        let node = ["mine", "-a", "sha256d", "-o", "daemon+http://h:1", "-u", "x"]
        for (arguments, environment, code, place) in [
            (["--rpc-cookie", "__cookie__:Qz7vKp"], [:], 64, "--rpc-cookie"),
            ([], ["NIGHTJAR_RPC_COOKIE": "__cookie__:Qz7vKp"], 78, "NIGHTJAR_RPC_COOKIE"),
        ] as [([String], [String: String], Int32, String)] {
            let ended = try await Binary.run(node + arguments, environment: environment)
            let words = "error: \(place): this is a login, and not the path of the file that holds it"
            #expect(ended.code == code && ended.err.hasPrefix(words) && ended.out == "", "\(ended)")
            #expect(!ended.err.contains("Qz7vKp"))
        }
        // A path may hold a colon, with a slash.
        let ended = try await Binary.run(node + ["--rpc-cookie", "./a:b", "--max-seconds", "0.2", "--device", "cpu"])
        #expect(!"\(ended)".contains("this is a login"), "\(ended)")
    }

    /// Until the program has found out that it is none: the arguments are wrong in another place, too, which takes time.
    @Test func aLoginInPlaceOfItsFileIsOverwritten() async throws {
        let pipe = NSTemporaryDirectory() + "nightjar-pipe-\(UUID().uuidString)"
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        // The configuration comes from a pipe that sends nothing, so that the program waits.
        let run = try Binary(["mine", "-c", pipe, "--rpc-cookie", "__cookie__:Qz7vKp"])
        try await eventually("it is overwritten") {
            let shown = try run.commandLine()
            return shown.contains("--rpc-cookie") && !shown.contains("Qz7vKp")
        }
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
    }

    @Test func otherMessagesStay() async throws {
        let ended = try await Binary.run(["mine", "-o", "h:1", "-u", "x", "--bogus", "-p", "x"])
        #expect(ended.code == 64 && ended.err.contains("--bogus: no such option"), "\(ended)")
    }

    /// A pool from a flag gets the password of the environment, which `ps` does not show.
    @Test(arguments: [true, false])
    func thePasswordOfTheEnvironmentReachesThePool(_ isFile: Bool) async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let file = NSTemporaryDirectory() + "nightjar-pass-\(UUID().uuidString)"
        try Data("\(Self.secret)\nrest\n".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let run = try Binary(
            ["mine", "-o", "\(url)", "-u", "me", "--device", "cpu", "--log", "json"],
            environment: isFile ? ["NIGHTJAR_PASS_FILE": file] : ["NIGHTJAR_PASS": Self.secret])
        let login = try await eventually("a login") { await server.lines.first }
        #expect(login.contains(#""pass":"\#(Self.secret)""#), "\(login)")
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
        await server.stop()
    }

    /// A run for programs warns as one for people does.
    @Test func everyLogWarns() async throws {
        let file = NSTemporaryDirectory() + "nightjar-open-\(UUID().uuidString).json"
        try Data(
            #"{"pools": [{"url": "127.0.0.1:9", "user": "me", "pass": "hidden"}], "devices": "cpu", "maxSeconds": 0.2}"#
                .utf8
        ).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let arguments = ["mine", "-c", file, "-o", "127.0.0.1:9", "-u", "me"]
        let text = try await Binary.run(arguments)
        let json = try await Binary.run(arguments + ["--log", "json"])
        let forPeople = text.lines.filter { $0.hasPrefix("warning: ") }
        let forPrograms = try json.events().compactMap { event in
            event["event"] as? String == "notice" ? event["message"] as? String : nil
        }
        #expect(forPeople.count == (geteuid() == 0 ? 3 : 2) && forPrograms == forPeople, "\(text)\n\(json)")
        #expect(forPeople.contains { $0.hasPrefix("warning: \(file) holds a secret") })
        #expect(forPeople.contains { $0.hasPrefix("warning: the pools in \(file) are not used") })
    }

    /// A password of the run that stands at a wrong place of the changed file is covered.
    @Test(arguments: [
        #"{"pools": [{"url": "URL", "user": "me", "Qz7vKp-secret": "x"}]}"#,
        #"{"pools": [{"url": "URL", "user": "me", "pass": "x", "Qz7vKp-secret"}]}"#,
        #"{"pools": [{"url": "URL", "user": "me", "passFile": "/nowhere/Qz7vKp-secret"}]}"#,
    ])
    func aReloadDoesNotRepeatIt(_ changed: String) async throws {
        let server = ScriptedServer()
        let url = "\(try await server.start())"
        let file = NSTemporaryDirectory() + "nightjar-reload-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        try write(#"{"pools": [{"url": "\#(url)", "user": "me", "pass": "\#(Self.secret)"}], "devices": "cpu"}"#)
        let run = try Binary(["mine", "-c", file, "--log", "json"])
        try await eventually("a login") { await server.lines.first != nil }
        try write(changed.replacingOccurrences(of: "URL", with: url))
        try await run.wait(for: "the old configuration stays in use")
        run.send(SIGTERM)
        let ended = try await run.ended()
        await server.stop()
        #expect(ended.out.contains("[secret]") && !ended.out.contains("Qz7vKp"), "\(ended)")
    }

    /// Root is warned by every command that does not ask for root itself.
    @Test(arguments: [
        "algorithms", "devices --json", "hash -a cn/0", "history", "selftest -a cn/0 --device cpu",
        "bench -a cn-pico --device cpu --hashes 1 --json", "setup", "completions bash", "--version",
    ])
    func rootIsWarned(_ command: String) async throws {
        let run = try Binary(command.split(separator: " ").map(String.init))
        let ended = try await run.ended()
        let warns = geteuid() == 0 && !["setup", "completions bash", "--version"].contains(command)
        #expect(ended.code == 0 && run.contents("err") == (warns ? Binary.rootWarning : ""), "\(run.contents("err"))")
    }
}
