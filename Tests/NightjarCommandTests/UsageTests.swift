import Foundation
import NightjarCommand
import NightjarCore
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct UsageTests {
    struct Bad: Sendable, CustomStringConvertible {
        let arguments: [String]
        let code: Int32
        let words: String
        var description: String { arguments.joined(separator: " ") }

        init(_ arguments: String, _ words: String) { self.init(arguments, 64, words) }

        init(_ arguments: String, _ code: Int32, _ words: String) {
            (self.arguments, self.code, self.words) = (arguments.split(separator: " ").map(String.init), code, words)
        }
    }

    @Test(arguments: [
        Bad("tune --seconds 0", "--seconds"), Bad("tune -a nonsense", "nonsense"),
        Bad("profit", "no command 'profit'; near it: "), Bad("mien", "near it: mine, "),
        Bad("--nonsense", "--nonsense: no such option"),
        Bad("hash", "-a"), Bad("hash -a cn/nonsense", "-a cn/nonsense: no such algorithm"),
        Bad("hash -a kawpow", "-a kawpow: no such algorithm in Nightjar ("),
        Bad("hash -a cn/tube", "-a cn/tube: no such algorithm; near it: cn-heavy/tube ("),
        Bad("hash -a cn/0 --commitment", "cn/0 has no commitment"),
        Bad("hash -a rx/0 --commitment", "--commitment is for rx/2"),
        Bad("hash -a rx/0 --seed 0g", "--seed: bad hex"), Bad("hash -a rx/0 --seed 000", "--seed: bad hex"),
        Bad("hash -a cn/r --height nine", "nine"), Bad("hash -a cn/r --height -1", "--height"),
        Bad("hash -a cn/0 --device gpu", "--device gpu: no such device"),
        Bad("hash -a cn/0 --device opencl:0", "--device opencl:0: no such device"),
        Bad("hash -a cn/0 --device cpu,opencl:0.0", "one device"),
        Bad("hash -a cn/0 --device cpu --device opencl:0.0", "one device"),
        Bad("hash -a cn/0 --device opencl:9.9", "opencl:9.9"),
        Bad("verify", "-a"), Bad("verify -a kawpow", "-a kawpow: no such algorithm"),
        Bad("verify -a rx/0 --seed 0g", "--seed: bad hex"), Bad("verify -a cn/0 --device cpu,opencl:0.0", "one device"),
        Bad("verify -a cn/0 --device opencl:9.9", "opencl:9.9"),
        Bad("bench --hashes 0", "--hashes 0"), Bad("bench --hashes 4294967297", "--hashes"),
        Bad("bench --seconds 0", "--seconds"),
        Bad("bench --seconds nan", "--seconds"), Bad("bench --hashes 1 --seconds 1", "exclude each other"),
        Bad("bench -t 0", "-t 0"), Bad("bench -t 1000000000", "-t 1000000000"),
        Bad("bench -a cn/0,", "-a '': no such algorithm"), Bad("bench --device cpu,,", "--device '': no such device"),
        Bad("bench -a cn/0 --report /nowhere/at/all --hashes 1", 1, "/nowhere/at/all: No such file or directory"),
        Bad("selftest -a nonsense", "nonsense"), Bad("selftest --device opencl:7.7", "opencl:7.7"),
        Bad("mine", "no pool to mine at"), Bad("mine -o h:1", "-u is missing"), Bad("mine -u x", "no pool to mine at"),
        Bad("mine --sandbox -o h:1", "exclude each other"), Bad("mine -o h -u x", "port"),
        Bad("mine -o h:0 -u x", "port"),
        Bad("mine -o stratum2+tcp://h:1/KEY -u x", "run a translator proxy"),
        Bad("mine -o h:1 -u x --suggest-difficulty 0", "--suggest-difficulty 0"),
        Bad("mine -o h:1 -u x --difficulty-factor x", "--difficulty-factor"),
        Bad("mine -o http://h:1 -u x", "http"), Bad("mine -o u:secret@h:1 -u x", "credentials"),
        Bad("mine -o stratum+tls://h:1 -u x --tls-fingerprint 00:11", "64 hex digits"),
        Bad("mine -o h:1 -u x --tls --tls-fingerprint xyz", "64 hex digits"),
        Bad("mine -o h:1 -u x --tls-fingerprint \(String(repeating: "5a", count: 32))", "h:1 does not use TLS"),
        Bad("mine -o a:1 -o b:1 -o c:1 -u x --tls --tls-fingerprint 00 --tls-fingerprint 00", "2 times for 3 pools"),
        Bad("mine --sandbox --tls", "exclude each other"),
        Bad("mine -o h:1 -u x --zmq 18083", "ZMQ is for daemon+http"),
        Bad("mine -o daemon+http://h:1 -u x --zmq tcp://h", "--zmq: 'h' has no port"),
        Bad("mine -c /nowhere/c.json", 78, "/nowhere/c.json: No such file or directory"),
        Bad("mine --sandbox --schedule 25-26", "--schedule: '25-26'"),
        Bad("mine --sandbox --nice 20", "--nice 20: at most 19"),
        Bad("mine --sandbox --ledger-days 0", "--ledger-days 0"),
        Bad("mine --sandbox --log-file-size 0", "--log-file-size 0"),
        Bad("history --days 0", "--days 0"), Bad("history --by week", "week"), Bad("setup --pages 0", "--pages 0"),
        Bad("mine --sandbox --api 127.0.0.1", "--api"),
        Bad("mine --sandbox --max-seconds 0", "--max-seconds"), Bad("mine --sandbox --max-seconds -1", "--max-seconds"),
        Bad("mine --sandbox --max-shares 0", "--max-shares"), Bad("mine --sandbox --log xml", "xml"),
        Bad("mine --sandbox -t 0%", "-t"), Bad("mine --sandbox -t 101%", "-t"), Bad("mine --sandbox -t x%", "-t"),
        Bad("mine -o 127.0.0.1:1 -u x -6", "127.0.0.1 is an IPv4 address, and IPv6 alone is wanted"),
        Bad("mine -o [::1]:1 -u x -4", "::1 is an IPv6 address, and IPv4 alone is wanted"),
        Bad("mine -o h:1 -u x -4 -6", "exclude each other"), Bad("mine --sandbox -4", "exclude each other"),
        Bad("mine --sandbox --cpu-cores 8191", "there is no core 8191"), Bad("mine --sandbox --cpu-cores a", "'a'"),
        Bad("mine --sandbox --cpu-cores 1-0", "'1-0'"), Bad("mine --sandbox --cpu-cores 0,,1", "''"),
        Bad("mine -o h:1 -u x --user-agent \u{1}", "visible ASCII"),
        Bad("mine --check", "no pool to mine at"), Bad("mine --check -o h:1", "-u is missing"),
        Bad("mine --check --sandbox --device opencl:9.9", "opencl:9.9"),
        Bad("mine --from-xmrig /nowhere.json", 78, "/nowhere.json: No such file or directory"),
        Bad("mine -c a --from-xmrig b", "exclude each other"),
        Bad("mine --sandbox -t 0", "-t 0"), Bad("mine --sandbox -a kawpow", "-a kawpow: no such algorithm"),
        Bad("mine --sandbox -a rx/99", "-a rx/99: no such algorithm; near it: rx/0, rx/2, "),
        Bad("mine --sandbox --device gpu", "--device gpu: no such device; write cpu, opencl or opencl:P.D"),
        Bad("mine --sandbox --device opencl:5.0", "there is no device opencl:5.0; there "),
        Bad("mine --sandbox -t abc", "-t abc: a whole number, or a part as in 50%, is needed"),
        Bad("mine --sandbox --max-seconds x", "--max-seconds x: a number is needed"),
        Bad("mine --sandbox --donate-level 1", "--donate-level: there is no fee, so there is no such option"),
        Bad("mine -o h:1 --wallet w", "error: --wallet: no such option: a wallet address is given with -u\n"),
        Bad("mine --pool h:1 -u x", "error: --pool: no such option: a pool is given with -o, -o HOST:PORT\n"),
        Bad("mine -o h:1 -u x --coin xmr", "error: --coin: no such option: the algorithm is given with -a "),
        Bad("mine -o a:1;b:2 -u x", "error: -o: give each pool after a flag of its own: -o H:P -o H:P\n"),
        Bad("mine --sandbox --theads 2", "--theads: no such option; near it: --threads, "),
        Bad("bench -t abc", "-t abc: "), Bad("bench --set x -a cn/0", "--set x: "),
        Bad("hash -a", "-a: a value is needed, -a "),
        Bad("bench cn/0", "error: cn/0: an algorithm is given with -a: -a cn/0\n"),
        Bad("tune cpu", "error: cpu: a device is given with --device: --device cpu\n"),
        Bad(
            "mine pool.example.org:3333",
            "error: pool.example.org:3333: a pool is given with -o: -o pool.example.org:3333\n"),
        Bad("bench jsn", "error: jsn: no such argument; near it: --json, "),
        Bad("mine --sandbox theads 2", "error: theads: no such argument; near it: --threads, "),
        Bad("hash -a cn/0 a b", "error: b: 'nightjar hash' takes one file, and there is one already\n"),
        Bad("version x", "error: x: 'nightjar version' takes no argument"),
        Bad("devices x", "error: x: no such argument; near it: --json, "),
        Bad("mine --sandbox=1", "error: --sandbox=1: --sandbox takes no value\n"),
        Bad("verify", "error: -a: an algorithm is needed, as in -a rx/0 ('nightjar algorithms' lists all)\n"),
        Bad("history --by week", "error: --by week: day, device or pool is needed\n"),
        Bad("completions bsh", "error: bsh: bash, zsh or fish is needed\n"),
        Bad("completions", "error: the shell is needed: bash, zsh or fish\n"),
        Bad("hash -a cn/r --height 1.5", "error: --height 1.5: a whole number, 0 or more, is needed\n"),
        Bad("tune --seconds x", "error: --seconds x: a number is needed\n"),
        Bad("bench -x", "error: -x: no such option ('nightjar bench --help' lists all)\n"),
        Bad("-x", "error: -x: no such option ('nightjar --help' lists all)\n"),
        Bad("help mien", "error: no command 'mien'; near it: mine, "),
        Bad("mine -o a:1 -o b:1 -o c:1 -u x -u y", "-u is given 2 times for 3 pools"),
        Bad("mine --sandbox -t -1", "error: -t -1: at least 1\n"),
        Bad("mine --sandbox --threads=-1", "error: -t -1: at least 1\n"),
        Bad("mine --sandbox --nice -5", "error: --nice -5: at least 0\n"),
        Bad("mine --sandbox --max-shares -3", "error: --max-shares -3: at least 1\n"),
        Bad("mine --sandbox --max-seconds -1.5", "error: --max-seconds -1.5: a number above 0, at most 3200000000, is"),
        Bad("mine --sandbox --pause-on-load -.5", "error: --pause-on-load -.5: a number above 0, at most 100, is"),
        Bad("mine -o a:1 --weight -1 -u x", "error: --weight -1: a number above 0, at most 1000000, is needed\n"),
        Bad("bench -t -1", "error: -t -1: a number of 0 or more is needed\n"),
        Bad("bench --hashes -1", "error: --hashes -1: a number of 0 or more is needed\n"),
        Bad("tune --seconds -3", "error: --seconds -3: a number of 0 or more is needed\n"),
        Bad("history --days -3", "error: --days -3: a number of 0 or more is needed\n"),
        Bad("mine -o h:1 -u x -p -1secret", "error: -p: a value that begins with a dash is written -p=VALUE\n"),
        Bad("mine -o h:1 -u -1", "error: -u: a value that begins with a dash is written -u=VALUE\n"),
        Bad(
            "mine --sandbox --max-shares 99999999999999999999",
            "--max-shares 99999999999999999999: at most 2147483647\n"),
        Bad("mine --sandbox -t 0x54", "-t 0x54: a whole number, or a part as in 50%, is needed, in decimal digits\n"),
        Bad("mine --sandbox -t 0x32%", "-t 0x32%: a part above 0%"),
        Bad("mine --sandbox --max-seconds 0x54", "--max-seconds 0x54: a number is needed, in decimal digits\n"),
        Bad("mine --sandbox --max-seconds inf", "--max-seconds inf: a number is needed\n"),
        Bad("bench --hashes 0x54", "--hashes 0x54: a whole number, 0 or more, is needed, in decimal digits\n"),
        Bad("bench --seconds 0x5", "--seconds 0x5: a number is needed, in decimal digits\n"),
        Bad("tune --seconds 0x5", "--seconds 0x5: a number is needed, in decimal digits\n"),
        Bad("bench --watts nan", "--watts nan: a number is needed\n"),
    ])
    func isRefusedInOneLine(_ bad: Bad) async throws {
        let ended = try await Binary.run(bad.arguments)
        #expect(ended.code == bad.code && !ended.wasKilled, "\(ended)")
        #expect(ended.out == "")
        #expect(ended.err.hasPrefix("error: ") && ended.err.hasSuffix("\n"))
        #expect(ended.err.split(separator: "\n").count == 1, "\(ended.err)")
        #expect(ended.err.contains(bad.words), "\(ended.err)")
        #expect(!ended.err.contains("secret"))
    }

    /// Empty texts, as of a shell's variables that are not set.
    @Test(arguments: [
        ("mine --sandbox -c", "-c '': a value is needed, -c FILE"),
        ("mine --sandbox --from-xmrig", "--from-xmrig '': a value is needed, --from-xmrig FILE"),
        ("mine -u x -o", "-o '': a value is needed, -o URL"), ("mine -o h:1 -u", "-u '': a value is needed, -u USER"),
        ("mine --sandbox -a", "-a '': a value is needed, -a ALGO"),
        ("mine --sandbox --log-file", "--log-file '': a value is needed, --log-file FILE"),
        ("mine --sandbox --device", "--device '': a value is needed, --device ID,…"),
        ("mine --sandbox --cpu-cores", "--cpu-cores '': a value is needed, --cpu-cores LIST"),
        ("mine --sandbox --api", "--api '': a value is needed, --api HOST:PORT"),
        ("mine --sandbox --api-token-file", "--api-token-file '': a value is needed, --api-token-file FILE"),
        ("mine --sandbox --schedule", "--schedule '': a value is needed, --schedule HOURS"),
        ("mine -o h:1 -u x --ledger", "--ledger '': a value is needed, --ledger FILE"),
        ("mine -o h:1 -u x --pool-algo", "--pool-algo '': a value is needed, --pool-algo ALGO"),
        ("mine --sandbox -t", "-t '': a whole number, or a part as in 50%, is needed"),
        ("mine --sandbox --max-seconds", "--max-seconds '': a number is needed"),
        ("mine --sandbox --log", "--log '': json or text is needed"),
        ("hash -a", "-a '': no such algorithm"), ("bench --report", "--report '': a value is needed, --report FILE"),
        ("report x -o", "-o '': a value is needed, -o FILE"), ("report", "'': the name of a file is needed"),
        ("bench --baseline", "--baseline '': a value is needed, --baseline FILE"),
        ("history --ledger", "--ledger '': a value is needed, --ledger FILE"),
        ("hash -a cn/0", "'': the name of a file is needed"),
    ]) func anEmptyTextIsRefusedInOneLine(_ arguments: String, _ words: String) async throws {
        let ended = try await Binary.run(arguments.split(separator: " ").map(String.init) + [""])
        #expect(ended.code == 64 && ended.out == "" && ended.err.hasPrefix("error: \(words)"), "\(ended)")
        #expect(ended.err.split(separator: "\n").count == 1, "\(ended.err)")
    }

    /// A newcomer sees what to do first.
    @Test func withoutACommandTheFirstStepsAreShown() async throws {
        let ended = try await Binary.run([])
        #expect(ended.code == 64 && ended.err == "error: no command given\n", "\(ended)")
        #expect(ended.lines.first?.hasPrefix("nightjar mine --sandbox  ") == true && ended.lines.count == 4)
        #expect(
            ended.out.contains("nightjar bench -a rx/0 ") && ended.out.contains("nightjar mine -o POOL:PORT -u WALLET ")
        )
    }

    /// Commands stand in groups, and `mine`'s options in sections, with examples first.
    @Test func helpIsInGroups() async throws {
        let root = try await Binary.run(["--help"])
        var place = root.out.startIndex
        for words in [
            "MINING SUBCOMMANDS:", "  mine ", "MEASURING SUBCOMMANDS:", "  bench ", "HASHING SUBCOMMANDS:", "  hash ",
        ] {
            let found = try #require(root.out[place...].range(of: words), "\(words) in \(root.out)")
            place = found.upperBound
        }
        let mine = try await Binary.run(["mine", "--help"])
        place = mine.out.startIndex
        for words in [
            "nightjar mine -o pool.example.org:3333 -u WALLET", "USAGE: nightjar mine --sandbox", "POOL:",
            "  -o, --url",
            "--algorithm, --algo", "--pool-algo", "DEVICES:", "  -t, --threads", "LIMITS:", "--max-seconds",
            "CARE FOR THE MACHINE:", "--pause-on-active", "OUTPUT:", "--log-file", "--ledger", "HTTP API:",
            "--api-token",
            "CONFIGURATION:", "  -c, --config", "--from-xmrig", "--check", "OPTIONS:",
        ] {
            let found = try #require(mine.out[place...].range(of: words), "\(words) in \(mine.out)")
            place = found.upperBound
        }
    }

    @Test(arguments: ["--help", "-h", "help", "hash --help", "mine -h", "help bench"])
    func helpIsNoError(_ arguments: String) async throws {
        let ended = try await Binary.run(arguments.split(separator: " ").map(String.init))
        #expect(ended.code == 0 && ended.err == "" && ended.out.contains("USAGE: nightjar"), "\(ended)")
    }

    @Test(arguments: ["--version", "version"]) func theVersionIsPrinted(_ argument: String) async throws {
        let ended = try await Binary.run([argument])
        #expect(ended.code == 0 && ended.err == "")
        #expect(ended.out.wholeMatch(of: /nightjar \d+\.\d+\.\d+( \([0-9a-f]{12}(, changed)?\))?\n/) != nil, "\(ended)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func everyShellGetsItsCompletions(_ shell: String) async throws {
        let ended = try await Binary.run(["completions", shell])
        #expect(ended.code == 0 && ended.err == "")
        for command in ["devices", "algorithms", "hash", "verify", "bench", "mine", "selftest", "tune", "completions"] {
            #expect(ended.out.contains(command), "\(command)")
        }
    }

    @Test(arguments: [[], ["tcsh"], ["bash", "zsh"]])
    func completionsWantOneShellThatTheyKnow(_ shells: [String]) async throws {
        let ended = try await Binary.run(["completions"] + shells)
        #expect(ended.code == 64 && ended.out == "" && ended.err.hasPrefix("error: "), "\(ended)")
    }

    @Test(arguments: ["hash -a rx/0", "mine --sandbox -a rx/0"])
    func aRefusalNamesWhatWouldRunIt(_ arguments: String) async throws {
        let ended = try await Binary.run(
            arguments.split(separator: " ").map(String.init) + ["--device", "opencl:0.0"], shell: Binary.onSmallDevice)
        #expect(
            ended.code == 64 && ended.err.hasPrefix("error: rx/0 does not run on opencl:0.0: the device has no memory"),
            "\(ended)")
        #expect(ended.err.hasSuffix("; it runs on: cpu\n"), "\(ended)")
    }
}

@Suite(.serialized, .timeLimit(.minutes(10))) struct ListTests {
    @Test func devicesAsJSON() async throws {
        let ended = try await Binary.run(["devices", "--json"])
        #expect(ended.code == 0 && ended.err == "" && ended.lines.count == 1)
        let devices = try #require(try ended.json() as? [[String: Any]])
        #expect(devices.first?["id"] as? String == "cpu", "the native CPU first")
        #expect(devices.contains { $0["id"] as? String == "opencl:0.0" })
        for device in devices {
            #expect(Set(device.keys) == ["id", "kind", "name", "platform", "driver", "computeUnits", "memory", "fp64"])
            #expect(["cpu", "gpu", "accelerator"].contains(device["kind"] as? String))
            #expect((device["computeUnits"] as? Int ?? 0) > 0 && (device["memory"] as? Int ?? 0) > 0)
            #expect(device["fp64"] is Bool && device["driver"] is String)
            #expect((device["name"] as? String)?.isEmpty == false && (device["platform"] as? String)?.isEmpty == false)
        }
        // The order of the interface's example.
        #expect(ended.out.hasPrefix(#"[{"id":"cpu","kind":"cpu","name":"#))
    }

    @Test func algorithmsAsJSON() async throws {
        let ended = try await Binary.run(["algorithms", "--json"])
        #expect(ended.code == 0 && ended.err == "")
        let unlimited = #""digest":32,"dialect":"monero","inputs":{"minimum":0,"maximum":8388608}}"#
        for start in [
            #"{"name":"cn/r","family":"cryptonight","memory":2097152,"needs":["height"],"backends":["cpu","opencl"],"#,
            #"{"name":"rx/0","family":"randomx","memory":2097152,"needs":["seed"],"backends":["cpu","opencl"],"#,
        ] { #expect(ended.out.contains(start + unlimited)) }
        #expect(ended.out.contains(#""dialect":"bitcoin","inputs":{"minimum":0,"maximum":1048576}}]"#))
        let names = try #require(try ended.json() as? [[String: Any]]).map { $0["name"] as? String }
        #expect(names == Catalog.all.map(\.name))
    }

    @Test func devicesForPeopleAreATable() async throws {
        let ended = try await Binary.run(["devices"])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let cpu = try #require(ended.lines.first)
        let device = try #require(ended.lines.first { $0.hasPrefix("opencl:0.0 ") })
        let cores = try #require(cpu.firstRange(of: /\d+ cores?\s/))
        let units = try #require(device.firstRange(of: /\d+ compute units?\s.*GiB\s/))
        #expect(
            cpu.hasPrefix("cpu  ") && cpu[..<cores.lowerBound].count == device[..<units.lowerBound].count,
            "\(ended.out)")
    }

    @Test func algorithmsForPeopleAreInGroups() async throws {
        let ended = try await Binary.run(["algorithms"])
        #expect(ended.code == 0 && ended.err == "" && ended.lines == AlgorithmTable.lines, "\(ended)")
        #expect(
            ended.lines.filter { !$0.hasPrefix(" ") } == [
                "CryptoNight, on cpu and opencl", "RandomX, on cpu and opencl", "SHA-256d, on cpu and opencl",
                "scrypt, on cpu and opencl",
            ])
        let words = try #require(ended.lines.first { $0.hasPrefix("  rx/0 ") }).split(separator: /\s\s+/).map(
            String.init)
        #expect(words == ["rx/0", "2 MiB", "seed", "Monero, Zephyr"], "\(words)")
        #expect(ended.lines.count == Catalog.all.count + 5)
    }
}
