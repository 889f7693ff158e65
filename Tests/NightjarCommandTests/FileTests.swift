import Foundation
import TestSupport
import Testing

/// Files that are not as they should be, named to the program.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FileTests {
    static let mine = ["mine", "--sandbox", "--device", "cpu", "--log", "json", "--log-file", "LOG"]

    @Test(arguments: [
        ("mkfifo LOG", "it is a pipe"), ("mkdir LOG", "it is a directory"),
        ("ln -s victim LOG", "it is a symbolic link"),
        ("ln -s missing LOG", "it is a symbolic link"), ("ln victim LOG", "it has another hard link"),
    ])
    func aLogFileThatIsNoneIsRefused(_ make: String, _ reason: String) async throws {
        let ended = try await Binary.run(
            Self.mine, shell: #"cd "$XDG_STATE_HOME"; echo all >victim; \#(make); "$0" "$@"; echo "$?"; cat victim; ls"#
        )
        #expect(ended.err == "error: log file LOG: \(reason)\n" && ended.lines.prefix(2) == ["78", "all"], "\(ended)")
        #expect(!ended.lines.contains("missing"))
    }

    @Test func aLogThatCannotBeRenamedKeepsItsLinesAndSaysSoOnce() async throws {
        let ended = try await Binary.run(
            Self.mine + ["--log-file-size", "1", "--max-seconds", "2"],
            shell: """
                cd "$XDG_STATE_HOME"; head -c 1048570 /dev/zero | tr '\\0' d >LOG; mkdir LOG.1; "$0" "$@"; echo "$?"
                wc -c <LOG; ls
                """)
        let says = ended.lines.filter {
            $0.contains("log file LOG.1: it is a directory; the log is full, and takes no more lines")
        }
        #expect(says.count == 1 && ended.lines.contains("0") && ended.lines.contains("1048570"), "\(ended)")
    }

    @Test func aLogIsNotWrittenWhereAnotherUserDecides() async throws {
        // Only root can make what belongs to another user.
        guard geteuid() == 0 else { return }
        let ended = try await Binary.run(
            Self.mine.dropLast() + ["link/LOG"],
            shell: """
                cd "$XDG_STATE_HOME"; mkdir real; echo all >real/LOG.1; ln -s real link; chown -h 1000 link
                "$0" "$@"; echo "$?"; cat real/LOG.1; ls real
                """)
        #expect(ended.lines == ["78", "all", "LOG.1"], "\(ended)")
        #expect(ended.err.hasSuffix("/link: it is a symbolic link of another user (uid 1000)\n"), "\(ended)")
    }

    @Test func aHangUpNeverWaitsForAPipeAndSaysWhyTheOldFileStays() async throws {
        let run = try Binary(
            Self.mine,
            shell: #"cd "$XDG_STATE_HOME"; for i in LOG LOG.1; do echo old >$i; chmod 644 $i; done; exec "$0" "$@""#)
        let log = run.directory + "/LOG"
        try await run.wait(for: #""event":"connected""#)
        #expect(permissions(log) == 0o600 && permissions(log + ".1") == 0o600)
        func refuse(_ reason: String, _ put: () -> Int32) async throws {
            #expect(put() == 0)
            run.send(SIGHUP)
            try await run.wait(for: "log file LOG: \(reason); the old file stays in use")
            #expect(unlink(log) == 0)
        }
        try await refuse("it is a pipe") { rename(log, run.directory + "/moved") | mkfifo(log, 0o600) }
        try await refuse("it is a symbolic link") { symlink(run.directory + "/elsewhere", log) }
        try await refuse("it has another hard link") { link(run.directory + "/in", log) }
        run.send(SIGTERM)
        let ended = try await run.ended()
        let moved = try String(contentsOfFile: run.directory + "/moved", encoding: .utf8)
        #expect(ended.code == 143 && moved == "old\n" + ended.out, "\(ended)")
        #expect(permissions(run.directory + "/elsewhere") == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: run.directory + "/in")).isEmpty)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalEndsTheWaitForAConfigurationFromAPipe(_ signal: Int32) async throws {
        let pipe = NSTemporaryDirectory() + "nightjar-pipe-\(UUID().uuidString)"
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let run = try Binary(["mine", "-c", pipe])
        // Opening for writing succeeds as soon as there is a reader.
        let writer = try await eventually("the program reads the pipe") { () -> Int32? in
            let writer = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return writer >= 0 ? writer : nil
        }
        defer { close(writer) }
        run.send(signal)
        let ended = try await run.ended()
        #expect(ended.code == 128 + signal && !ended.wasKilled && ended.out == "", "\(ended)")
    }

    @Test func aSecretMayComeFromAPipe() async throws {
        let ended = try await Binary.run(
            ["mine", "-o", "127.0.0.1:9", "-u", "me", "--device", "cpu", "--max-seconds", "0.2", "--print-config"],
            shell: #"printf 'a\nb\n' | NIGHTJAR_PASS_FILE=/dev/stdin "$0" "$@""#)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
    }

    @Test func whoCanChangeTheConfigurationIsSaid() async throws {
        let file = try ConfigurationTests.File(#"{"sandbox": true, "devices": ["cpu"], "maxSeconds": 0.1}"#)
        var ended = try await Binary.run(["mine", "-c", file.path])
        #expect(ended.code == 0 && !ended.out.contains("warning: other"), "\(ended)")
        chmod(file.path, 0o622)
        ended = try await Binary.run(["mine", "-c", file.path])
        #expect(
            ended.out.contains(
                "warning: other users of this machine may change \(file.path): chmod go-w \(file.path)\n"),
            "\(ended)")
    }

    @Test func aCacheThatIsNotUsedIsSaid() async throws {
        let cache = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        try FileManager.default.createDirectory(atPath: cache + "/nightjar", withIntermediateDirectories: true)
        chmod(cache + "/nightjar", 0o777)
        let ended = try await Binary.run(["devices"], environment: ["XDG_CACHE_HOME": cache])
        #expect(ended.code == 0, "\(ended)")
        #expect(
            ended.err
                == "warning: compiled programs and tuned settings on disk are not used: \(cache)/nightjar: other users may write it\n",
            "\(ended)")
    }
}
