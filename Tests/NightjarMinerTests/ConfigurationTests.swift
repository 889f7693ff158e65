import Foundation
import NightjarCore
import NightjarMiner
import NightjarWire
import Testing

@Suite(.timeLimit(.minutes(5))) struct ConfigurationTests {
    /// Reads a configuration from a file of that text.
    static func settings(
        _ text: String, mode: Int = 0o600, environment: [String: String] = [:], flags: SettingLayer = SettingLayer()
    ) throws -> (run: RunSettings, warnings: [String], settings: Settings) {
        let scratch = LedgerTests.Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let path = scratch.path + "/c.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        try Data("from-a-file\nrest\n".utf8).write(to: URL(fileURLWithPath: scratch.path + "/secret"))
        do {
            let file = try ConfigurationFile(path: path)
            var settings = Settings()
            try settings.lay(file.layer)
            try settings.lay(SettingLayer(environment: { environment[$0] }))
            try settings.lay(flags)
            return (try RunSettings(settings), file.warnings, settings)
        } catch {
            // The tests say FILE for a path that is another each time.
            throw Complaint(words: "\(error)".replacingOccurrences(of: path, with: "FILE"), isUsage: error.isUsage)
        }
    }

    struct Complaint: Error, Equatable {
        let words: String
        let isUsage: Bool
    }

    static let pool = #"{"pools": [{"url": "h:1", "user": "me"}]}"#

    @Test func everythingCanBeSaid() throws {
        let (run, warnings, _) = try Self.settings(
            """
            {
              "pools": [
                {"url": "stratum+tcp://a.example:3333", "user": "w", "pass": "p", "rigId": "r2", "nicehash": true, "algorithm": "cn/r", "suggestDifficulty": 0.25},
                {"url": "daemon+http://[::1]:18081", "user": "x", "passFile": "secret", "keepalive": false, "zmq": "18083"}
              ],
              "algorithm": "randomx", "devices": ["cpu", "opencl:0.0"], "threads": 3, "randomxMode": "light", "rigId": "r1",
              "suggestDifficulty": 16, "difficultyFactor": 65536, "keepalive": true, "maxSeconds": 1.5, "maxShares": 7, "log": "json", "logFile": "/l", "logFileSize": 2,
              "ledger": {"days": 30}, "api": {"listen": "127.0.0.1:0", "tokenFile": "secret", "hosts": ["rig1", "rig2"]},
              "care": {"pauseOnBattery": true, "pauseOnActive": true, "pauseOnLoad": 12.5, "schedule": "22:00-07:00", "maxTemperature": 80.5, "nice": 5}
            }
            """)
        #expect(run.pools.map(\.url.description) == ["stratum+tcp://a.example:3333", "daemon+http://[::1]:18081"])
        #expect(run.pools.map(\.user) == ["w", "x"] && run.pools.map(\.password) == ["p", "from-a-file"])
        #expect(run.pools.map(\.rigID) == ["r2", "r1"] && run.pools.map(\.niceHash) == [true, false])
        #expect(
            run.pools.map(\.keepalive) == [true, false] && run.pools.map(\.zmq?.authority) == [nil, "[::1]:18083"])
        #expect(
            run.pools.map(\.suggestedDifficulty) == [0.25, 16] && run.pools.map(\.difficultyFactor) == [65536, 65536])
        #expect(run.pools[0].algorithm == .cnR && run.algorithm == .rx0 && run.threads == 3 && run.randomX == .light)
        #expect(run.devices == [.device(.cpu), .device(.opencl(platform: 0, device: 0))])
        #expect(run.maxSeconds == 1.5 && run.maxShares == 7 && run.log == .json && run.logFile == "/l")
        #expect(run.logFileLimit == 2 << 20 && run.ledgerDays == 30 && run.nice == 5 && !run.sandbox)
        #expect(run.api?.listen == "127.0.0.1:0" && run.api?.token == "from-a-file")
        #expect(run.api?.hosts == ["rig1", "rig2"])
        #expect(
            run.care
                == CareSettings(
                    pausesOnBattery: true, pausesOnActive: true, maxLoad: 0.125, schedule: MiningHours("22:00-07:00"),
                    maxTemperature: 80.5))
        #expect(warnings.isEmpty && run.warnings.count == 2, "the secrets' file may be read by others")
    }

    @Test(arguments: [
        ("{", "FILE:1: the text ends too early"), ("[]", "FILE:1: a configuration is an object in braces, not a list"),
        ("{\n\"threads\": 1,\n,}", "FILE:3: a key in quotation marks is missing"),
        ("{\"log\": “json”}", "FILE:1: '“' does not belong here: write straight quotation marks, \""),
        ("{ /* all\n\"threads\": 1}", "FILE:1: a comment does not end"),
        ("{\n\"threads\" 1}", "FILE:2: ':' is missing after 'threads'"),
        ("{\"threads\": 1\n\"log\": 1}", "FILE:2: ',' is missing after the value of 'threads'"),
        ("{\"threads\": 1,\n\"threads\": 2}", "FILE:2: 'threads' is here twice"),
        ("{\"log\": \"a\nb\"}", "FILE:1: a text does not end on its line"),
        ("{}\n{}", "FILE:2: there is more text after the end of the configuration"),
        ("{\n\n\"thread\": 1}", "FILE:3: thread: there is no such key; the nearest is 'threads'"),
        (
            "{\"care\": {\n\"pausOnBatery\": true}}",
            "FILE:2: care.pausOnBatery: there is no such key; the nearest is 'care.pauseOnBattery'"
        ),
        (
            "{\"pools\": [{\"url\": \"h:1\",\n\"usr\": \"x\"}]}",
            "FILE:2: pools[0].usr: there is no such key; the nearest is 'pools[0].user'"
        ),
        ("{\"pool\": []}", "FILE:1: pool: there is no such key; the nearest is 'pools'"),
        ("{\n\"threads\": \"2\"}", "FILE:2: threads: a number is needed, not a text"),
        ("{\"threads\": 2.5}", "FILE:1: threads: 2.5: a whole number is needed"),
        ("{\"threads\": 0}", "FILE:1: threads: 0: at least 1"),
        ("{\"threads\": 5000}", "FILE:1: threads: 5000: at most 4096"),
        ("{\"sandbox\": 1}", "FILE:1: sandbox: true or false is needed, not a number"),
        ("{\"devices\": [\"cpu\",\n7]}", "FILE:2: devices: a list of texts is needed, not one with a number"),
        (
            "{\"devices\": \"cpu,gpu\"}",
            "FILE:1: devices: gpu: no such device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)"
        ),
        (
            "{\"pools\": [{\"url\": \"h:1\", \"user\": \"u\", \"difficultyFactor\": 0}]}",
            "FILE:1: pools[0].difficultyFactor: 0: a number above 0, at most 1000000000000, is needed"
        ),
        ("{\"pools\": {}}", "FILE:1: pools: a list of pools is needed, not an object"),
        ("{\"pools\": [\n{\"user\": \"u\"}]}", "FILE:2: pools[0].url is missing"),
        (
            "{\"pools\": [{\"url\": \"h:1\", \"user\": \"u\"},\n{\"url\": \"h:2\"}]}",
            "FILE:2: pools[1].user is missing: the pool's user, or the wallet address for a node"
        ),
        ("{\"pools\": [{\"user\": \"u\",\n\"url\": \"h\"}]}", "FILE:2: pools[0].url: 'h' has no port: write HOST:PORT"),
        (
            "{\"pools\": [{\"url\": \"h:1\", \"user\": \"u\", \"pass\": \"a\", \"passFile\": \"secret\"}]}",
            "FILE:1: pools[0].passFile: a password is already given"
        ),
        ("{\"sandbox\": true, \"log\": \"xml\"}", "FILE:1: log: 'xml': json or text is needed"),
        (
            "{\"sandbox\": true, \"randomxMode\": \"fast\"}",
            "FILE:1: randomxMode: 'fast': light, full or auto is needed"
        ),
        (
            "{\"sandbox\": true, \"maxSeconds\": 0}",
            "FILE:1: maxSeconds: 0: a number above 0, at most 3200000000, is needed"
        ),
        (
            "{\"sandbox\": true, \"care\": {\"schedule\": \"25:00-1\"}}",
            "FILE:1: care.schedule: '25:00-1': hours are needed, as in 22:00-07:00 or 9:00-12:30,13:30-17:00"
        ),
        ("{\"care\": []}", "FILE:1: care: an object in braces is needed, not a list"),
        ("{\"x\": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}", "FILE:1: lists and objects are nested too deep"),
        ("{\"rigId\": \"\\ud800\"}", "FILE:1: half a character in a text"),
        ("\u{FF}", "FILE:1: 'ÿ' does not belong here"),
    ])
    func aFaultIsShownWhereItStands(_ text: String, _ words: String) {
        #expect(throws: Complaint(words: words, isUsage: false)) { try Self.settings(text) }
    }

    @Test func anUnknownAlgorithmIsNamed() {
        #expect { try Self.settings("{\"sandbox\": true,\n\"algorithm\": \"kawpow\"}") } throws: {
            ($0 as? Complaint)?.words.hasPrefix(
                "FILE:2: algorithm: kawpow: no such algorithm in Nightjar (")
                == true
        }
    }

    @Test func theEnvironmentGoesOverTheFileAndFlagsOverBoth() throws {
        let text =
            #"{"pools": [{"url": "h:1", "user": "me", "pass": "p"}], "threads": 2, "log": "json", "keepalive": true}"#
        var run = try Self.settings(
            text, environment: ["NIGHTJAR_THREADS": "3", "NIGHTJAR_KEEPALIVE": "no", "NIGHTJAR_PASS": "q"]
        ).run
        #expect(run.threads == 3 && run.log == .json && !run.keepalive && run.pools.map(\.password) == ["q"])
        var flags = SettingLayer()
        flags.values["threads"] = Settings.Setting(.integer(4), .flag("-t"))
        flags.perPool["user"] = [Settings.Setting(.text("you"), .flag("-u"))]
        run = try Self.settings(text, environment: ["NIGHTJAR_THREADS": "3"], flags: flags).run
        #expect(run.threads == 4 && run.pools.map(\.user) == ["you"] && run.pools.map(\.password) == ["p"])
        flags.perPool["url"] = [Settings.Setting(.text("x:9"), .flag("-o"))]
        run = try Self.settings(text, flags: flags).run
        #expect(
            run.pools.map(\.url.description) == ["stratum+tcp://x:9"] && run.pools[0].password == "x",
            "another pool gets no password of this one's")
        #expect(
            try Self.settings(text, flags: flags).run.warnings.map { $0.hasPrefix("the pools in ") } == [true],
            "what is not used is said")
        // A password of the environment is for all pools.
        run = try Self.settings(text, environment: ["NIGHTJAR_PASS": "q", "NIGHTJAR_USER": "v"], flags: flags).run
        #expect(run.pools.map(\.user) == ["you"] && run.pools.map(\.password) == ["q"])
        flags.perPool["pass"] = [Settings.Setting(.text("f"), .flag("-p"))]
        run = try Self.settings(text, environment: ["NIGHTJAR_PASS": "q"], flags: flags).run
        #expect(run.pools.map(\.password) == ["f"])
        // Whoever names a pool does not mean the sandbox.
        run = try Self.settings(#"{"sandbox": true}"#, environment: ["NIGHTJAR_URL": "a:1, b:2", "NIGHTJAR_USER": "u"])
            .run
        #expect(!run.sandbox && run.pools.map(\.url.host) == ["a", "b"] && run.pools.map(\.user) == ["u", "u"])
    }

    /// A pool from a flag gets what the environment says of all pools.
    @Test func theEnvironmentIsForPoolsOfFlags() throws {
        let directory = LedgerTests.Scratch()
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let file = directory.path + "/pass"
        try Data("filed\n".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        let pin = String(repeating: "5a", count: 32)
        var flags = SettingLayer()
        let urls = ["stratum+tls://a:1", "stratum+tls://b:2"]
        flags.perPool["url"] = urls.map { Settings.Setting(.text($0), .flag("-o")) }
        func run(_ environment: [String: String]) throws -> RunSettings {
            try Self.settings("{}", environment: environment, flags: flags).run
        }
        let given = try run([
            "NIGHTJAR_USER": "u", "NIGHTJAR_PASS": "q", "NIGHTJAR_RIG_ID": "r", "NIGHTJAR_TLS_FINGERPRINT": pin,
        ])
        #expect(given.pools.map(\.user) == ["u", "u"] && given.pools.map(\.password) == ["q", "q"])
        #expect(given.pools.map(\.rigID) == ["r", "r"] && given.pools.allSatisfy { $0.fingerprint != nil })
        #expect(given.warnings.isEmpty)
        #expect(
            try run(["NIGHTJAR_USER": "u", "NIGHTJAR_PASS_FILE": file]).pools.map(\.password) == ["filed", "filed"])
        #expect(try run(["NIGHTJAR_URL": "c:3", "NIGHTJAR_USER": "u"]).pools.map(\.url.host) == ["a", "b"])
        flags.perPool["pass"] = ["1", "2"].map { Settings.Setting(.text($0), .flag("-p")) }
        #expect(
            try run(["NIGHTJAR_USER": "u", "NIGHTJAR_PASS_FILE": file]).pools.map(\.password) == ["1", "2"],
            "a flag replaces a file that the environment names")
    }

    @Test func whatTheSandboxCannotUseIsSaid() throws {
        let said = try Self.settings(
            #"{"sandbox": true}"#, environment: ["NIGHTJAR_PASS": "secret", "NIGHTJAR_RIG_ID": "r"]
        ).run.warnings
        #expect(said == ["NIGHTJAR_PASS is not used in the sandbox", "NIGHTJAR_RIG_ID is not used in the sandbox"])
    }

    /// However it is named: by itself or by a file.
    @Test func theTokenThatIsNamedLastCounts() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("nightjar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("token").path
        try #require(
            FileManager.default.createFile(
                atPath: file, contents: Data("filed\n".utf8), attributes: [.posixPermissions: 0o600]))
        let text = #"{"sandbox": true, "api": {"listen": "127.0.0.1:0", "tokenFile": "FILE"}}"#.replacingOccurrences(
            of: "FILE", with: file)
        #expect(try Self.settings(text).run.api?.token == "filed")
        #expect(try Self.settings(text, environment: ["NIGHTJAR_API_TOKEN": "said"]).run.api?.token == "said")
        var flags = SettingLayer()
        flags.values["api.tokenFile"] = Settings.Setting(.text(file), .flag("--api-token-file"))
        #expect(
            try Self.settings(text, environment: ["NIGHTJAR_API_TOKEN": "said"], flags: flags).run.api?.token == "filed"
        )
    }

    @Test(arguments: [
        (["NIGHTJAR_THREADS": "many"], "NIGHTJAR_THREADS: 'many': a whole number, or a part as in 50%, is needed"),
        (["NIGHTJAR_THREADS": "0"], "NIGHTJAR_THREADS=0: at least 1"),
        (["NIGHTJAR_NICEHASH": "maybe"], "NIGHTJAR_NICEHASH: true or false is needed"),
        (["NIGHTJAR_URL": "h", "NIGHTJAR_USER": "u"], "NIGHTJAR_URL: 'h' has no port: write HOST:PORT"),
    ])
    func theEnvironmentIsHeldToTheSame(_ environment: [String: String], _ words: String) {
        #expect(throws: Complaint(words: words, isUsage: false)) {
            try Self.settings(Self.pool, environment: environment)
        }
    }

    @Test func aLineThatMovesIsNoChange() throws {
        let moved = Self.pool.replacingOccurrences(of: "[", with: "\n\n[\n")
        #expect(try Self.settings(Self.pool).run.pools == Self.settings(moved).run.pools)
        let other = Self.pool.replacingOccurrences(of: "me", with: "you")
        #expect(try Self.settings(Self.pool).run.pools != Self.settings(other).run.pools)
    }

    @Test func nothingSaidIsAFault() {
        #expect(
            throws: Complaint(
                words: "there is no pool to mine at: give --sandbox, or -o URL -u USER, or -c FILE with pools in it",
                isUsage: true)
        ) {
            try Self.settings("{}")
        }
    }

    @Test(arguments: [(0o600, 0), (0o640, 1), (0o604, 1)])
    func aSecretThatOthersMayReadIsSaid(_ mode: Int, _ warnings: Int) throws {
        let text = #"{"pools": [{"url": "h:1", "user": "me", "pass": "secret"}]}"#
        let said = try Self.settings(text, mode: mode).warnings
        #expect(said.count == warnings && said.allSatisfy { $0.contains("chmod 600 ") && !$0.contains("secret\"") })
        #expect(try Self.settings(Self.pool, mode: mode).warnings.isEmpty, "there is none in it")
    }

    @Test func whatIsPrintedIsValidAndTheSame() throws {
        let example = PrintedConfiguration(Settings()).lines.joined(separator: "\n")
        let run = try Self.settings(example).run
        #expect(run.pools.map(\.user) == ["YOUR_WALLET"] && run.threads == nil && run.ledgerDays == 400)
        for row in SettingList.standard.rows { #expect(example.contains("\"\(row.name)\": ")) }

        let text = """
            {"pools": [{"url": "h:1", "user": "m\\u00e9", "pass": "hidden"}, {"url": "h:2", "user": "b"}], "threads": 2,
             "devices": ["cpu"], "api": {"token": "hidden", "listen": "1"}, "care": {"schedule": "1-2"}}
            """
        let given = try Self.settings(text)
        let printed = PrintedConfiguration(given.settings).lines.joined(separator: "\n")
        #expect(!printed.contains("hidden"))
        let again = try Self.settings(printed).run
        #expect(again.pools.map(\.url) == given.run.pools.map(\.url) && again.pools.map(\.user) == ["mé", "b"])
        #expect(again.threads == 2 && again.devices == given.run.devices && again.care == given.run.care)
    }

    /// A printed file has the usual factor of its algorithm. It is not meant for another one.
    @Test(
        arguments: [
            (#""algorithm": "sha256d""#, "scrypt", nil, nil), (#""algorithm": "btc""#, "sha256d", nil, 1),
            (#""algorithm": "scrypt""#, "rx/0", nil, nil), (#""algorithm": "scrypt""#, "sha256d", "3", 3),
            (#""algorithm": "scrypt", "difficultyFactor": 7"#, "sha256d", nil, 7),
        ] as [(String, String, String?, Double?)])
    func anotherAlgorithmHasAnotherFactor(
        _ text: String, _ algorithm: String, _ factor: String?, _ expected: Double?
    ) throws {
        let given = try Self.settings("{\(text), \"pools\": [{\"url\": \"h:1\", \"user\": \"u\"}]}")
        let printed = PrintedConfiguration(given.settings, chosen: ChosenValues())
        var flags = ["algorithm": [algorithm]]
        flags["difficultyFactor"] = factor.map { [$0] }
        let lines = printed.lines.joined(separator: "\n")
        let run = try Self.settings(lines, flags: try SettingLayer(flags: flags)).run
        #expect(run.algorithm == Algorithm.named(algorithm))
        #expect(run.pools.map(\.settings.difficultyFactor) == [expected])
        // The environment is such a layer, too.
        guard factor == nil else { return }
        let other = try Self.settings(lines, environment: ["NIGHTJAR_ALGORITHM": algorithm]).run
        #expect(other.pools.map(\.settings.difficultyFactor) == [expected])
    }

    /// The values that depend on the user or the algorithm are printed too, and the file means the same.
    @Test(
        arguments: [
            (#""pools": [{"url": "h:1", "user": "u"}]"#, [nil, nil]),
            (#""algorithm": "sha256d", "pools": [{"url": "h:1", "user": "u"}]"#, [1, nil]),
            (#""algorithm": "ltc", "pools": [{"url": "h:1", "user": "u"}]"#, [65536, nil]),
            (#""algorithm": "btc", "pools": [{"url": "h:1", "user": "u", "algo": "scrypt"}]"#, [1, 65536]),
            (#""pools": [{"url": "h:1", "user": "u", "algo": "btc"}]"#, [nil, 1]),
            (#""difficultyFactor": 2, "pools": [{"url": "h:1", "user": "u", "algo": "btc"}]"#, [2, nil]),
            (#""algorithm": "cn/0", "sandbox": true"#, [nil]),
            (#""algorithm": "scrypt", "sandbox": true"#, [nil]),
        ] as [(String, [Double?])])
    func whatIsChosenAtTheStartIsPrinted(_ text: String, _ factors: [Double?]) throws {
        let given = try Self.settings("{\(text)}")
        let chosen = ChosenValues()
        let printed = PrintedConfiguration(given.settings, chosen: chosen).lines.joined(separator: "\n")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [String: Any])
        let isAtPools = !given.run.sandbox
        let path = isAtPools ? try LedgerLocation.standard() : nil
        #expect((json["ledger"] as? [String: Any])?["path"] as? String == path)
        #expect(json["userAgent"] is NSNull, "a kept file follows the program")
        #expect(json["threads"] as? String == "100%")
        let pools = try #require(json["pools"] as? [[String: Any]])
        #expect([json["difficultyFactor"] as? Double] + pools.map { $0["difficultyFactor"] as? Double } == factors)

        let again = try Self.settings(printed)
        #expect(again.run.warnings == [] && again.run.ledger == .standard)
        #expect(again.run.keysForNextStart(since: given.run) == [])
        #expect(again.run.threads == nil && again.run.cpuShare == nil && again.run.algorithm == given.run.algorithm)
        for (new, old) in zip(again.run.pools, given.run.pools) {
            let options = UpstreamOptions(agent: "nightjar/9")
            #expect(new.settings.merged(into: options).agent == old.settings.merged(into: options).agent)
            #expect(new.algorithm == old.algorithm && new.url == old.url && new.user == old.user)
        }
    }

    /// What the API shows: every key, no secret, and no path of a node's URL.
    @Test func whatOthersMayReadHoldsNoSecret() throws {
        let (run, _, _) = try Self.settings(
            """
            {"pools": [{"url": "daemon+https://n:1/secret-key", "user": "wallet", "pass": "secret-pass",
              "proxy": "socks5://me:secret-proxy@p:2"}], "api": {"listen": "0", "token": "secret-token"}}
            """)
        let text = run.printed.lines.joined(separator: "\n")
        #expect(!text.contains("secret"), "\(text)")
        #expect(text.contains("\"url\": \"daemon+https://n:1/…\"") && text.contains("\"user\": \"wallet\""))
        #expect(text.contains("\"pass\": null") && text.contains("\"token\": null"))
    }

    @Test func partsOfTheThreads() throws {
        func run(_ threads: String) throws -> RunSettings {
            try Self.settings("{\"sandbox\": true, \"threads\": \(threads)}").run
        }
        #expect(try run("\"50%\"").cpuShare == 0.5 && run("\"50%\"").threads == nil)
        #expect(try run("3").threads == 3 && run("3").cpuShare == nil)
        #expect(try run("\"12.5%\"").cpuShare == 0.125)
        for text in ["\"0%\"", "\"x\"", "\"101%\"", "\"-1%\"", "\"nan%\"", "[]"] {
            #expect(throws: Complaint.self) { try run(text) }
        }
        let printed = PrintedConfiguration(try Self.settings(#"{"sandbox": true, "threads": "50%"}"#).settings).lines
        #expect(printed.contains(#"  "threads": "50%","#))
    }

    @Test func familiesAndAgents() throws {
        let pools =
            #""pools": [{"url": "h:1", "user": "u"}, {"url": "[::1]:1", "user": "u", "ipv6": true, "ipv4": false, "userAgent": "b"}]"#
        let run = try Self.settings("{\"ipv4\": true, \"userAgent\": \"a/1\", \(pools)}").run
        #expect(run.pools.map(\.family) == [.v4, .v6] && run.pools.map(\.agent) == ["a/1", "b"])
        let merged = run.pools[1].settings.merged(into: UpstreamOptions())
        #expect(merged.family == .v6 && merged.agent == "b")
        #expect {
            try Self.settings(#"{"ipv6": true, "pools": [{"url": "10.0.0.1:1", "user": "u"}]}"#)
        } throws: {
            ($0 as? Complaint)?.words
                == "FILE:1: pools[0].url: 10.0.0.1 is an IPv4 address, and IPv6 alone is wanted"
        }
    }

    @Test func theLedgersPlace() throws {
        func place(_ ledger: String) throws -> LedgerPlace {
            try Self.settings("{\"pools\": [{\"url\": \"h:1\", \"user\": \"u\"}], \"ledger\": \(ledger)}").run.ledger
        }
        #expect(try place("null") == .standard && place("{\"path\": \"none\"}") == .memory)
        #expect(try place("{\"path\": \"/a/b\"}") == .file("/a/b"))
        guard case .file(let path) = try place("{\"path\": \"b\"}") else {
            Issue.record("a file was named")
            return
        }
        #expect(path.hasSuffix("/b") && path.hasPrefix("/"), "beside the configuration: \(path)")
    }
}
