import Foundation
import TestSupport
import Testing

/// Signals in the program's first moments.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SignalTests {
    /// Whether the program has come so far that it ignores SIGPIPE, as it does in its first lines.
    private static func hasBegun(_ id: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        guard let mask = status.firstMatch(of: /SigIgn:\s*([0-9a-f]+)/), let bits = UInt64(mask.1, radix: 16) else {
            return false
        }
        return bits & 1 << UInt64(SIGPIPE - 1) != 0
    }

    @Test(arguments: [SIGINT, SIGTERM]) func oneInTheFirstMomentsEndsTheRunInOrder(_ signal: Int32) async throws {
        for _ in 0..<12 {
            let run = try Binary(["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--log", "json"])
            // Without a pause: some milliseconds later it is late.
            while !Self.hasBegun(run.processID) { await Task.yield() }
            run.send(signal)
            let ended = try await run.ended()
            #expect(ended.code == 128 + signal && !ended.wasKilled && ended.err == "", "\(ended)")
            // Once it has said anything, it says how it ended.
            #expect(ended.out == "" || ended.lines.last?.contains(#""event":"summary""#) == true, "\(ended)")
        }
    }

    /// A process whose signals no thread takes, as when it gets no more threads: a thread that would read them waits for
    /// ever.
    private static let deaf = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdlib.h>
        #include <sys/stat.h>
        #include <unistd.h>
        ssize_t read(int fd, void *bytes, size_t count) {
            struct stat status;
            if (count == 1 && fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode)) for (;;) pause();
            return ((ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, __func__))(fd, bytes, count);
        }
        unsigned alarm(unsigned seconds) {
            return ((unsigned (*)(unsigned))dlsym(RTLD_NEXT, __func__))(seconds ? atoi(getenv("ALARM")) : 0);
        }
        """
    private static let mine = ["mine", "-o", "127.0.0.1:1", "-u", "me", "-a", "cn-pico", "--device", "cpu", "-t", "1"]

    @Test(arguments: [SIGINT, SIGTERM]) func aSecondOneEndsAProcessThatTakesNone(_ signal: Int32) async throws {
        let library = try await SharedObject("libdeaf.so", Self.deaf)
        let run = try Binary(Self.mine, environment: ["LD_PRELOAD": library.path, "ALARM": "3600"])
        while !Self.hasBegun(run.processID) { await Task.yield() }
        let id = run.processID
        let sender = Task {
            while (try? await Task.sleep(for: .milliseconds(100))) != nil { kill(id, signal) }
        }
        let ended = try await run.ended()
        sender.cancel()
        #expect(ended.code == 128 + signal && !ended.wasKilled, "\(ended)")
    }

    @Test(arguments: [SIGINT, SIGTERM]) func oneIsEnoughAfterAWhile(_ signal: Int32) async throws {
        let library = try await SharedObject("libdeaf.so", Self.deaf)
        let run = try Binary(Self.mine, environment: ["LD_PRELOAD": library.path, "ALARM": "1"])
        while !Self.hasBegun(run.processID) { await Task.yield() }
        run.send(signal)
        let ended = try await run.ended()
        #expect(ended.code == 128 + signal && !ended.wasKilled, "\(ended)")
    }

    /// Also where the parent process ignores it, as a shell script does for background jobs, or blocks it.
    @Test(arguments: ["", "trap '' QUIT; "]) func SIGQUITEndsItAtOnce(_ before: String) async throws {
        let run = try Binary(Self.mine, shell: #"ulimit -c 0; \#(before)exec "$0" "$@""#)
        while !Self.hasBegun(run.processID) { await Task.yield() }
        run.send(SIGQUIT)
        let ended = try await run.ended()
        #expect(ended.code == SIGQUIT && ended.wasKilled, "\(ended)")
    }

    /// They have nothing that must end in order.
    @Test func otherCommandsEndByTheSignal() async throws {
        let run = try Binary(["bench", "-a", "cn/0", "--device", "cpu", "--seconds", "200"])
        while !Self.hasBegun(run.processID) { await Task.yield() }
        run.send(SIGINT)
        let ended = try await run.ended()
        #expect(ended.code == SIGINT && ended.wasKilled, "\(ended)")
    }
}
