import Foundation
import TestSupport
import Testing

/// What a running miner shows to the machine: its ports and its memory.
@Suite(.serialized, .timeLimit(.minutes(10))) struct ExposureTests {
    /// The addresses, as `/proc/net` has them, on which a process waits for connections or datagrams.
    private func listening(_ id: pid_t) throws -> [String] {
        let folder = "/proc/\(id)/fd/"
        let sockets = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0)
        }
        return try ["tcp", "tcp6", "udp", "udp6"].flatMap { kind in
            try String(contentsOfFile: "/proc/\(id)/net/\(kind)", encoding: .utf8).split(separator: "\n").dropFirst()
                .compactMap { line in
                    let fields = line.split(separator: " ").map(String.init)
                    // 0A is LISTEN; 07 is the state of a datagram's socket that is bound to no other end.
                    guard fields.count > 9, fields[3] == (kind.hasPrefix("tcp") ? "0A" : "07"),
                        sockets.contains("socket:[\(fields[9])]")
                    else { return nil }
                    return "\(kind) \(fields[1])"
                }
        }
    }

    @Test func noPortIsOpened() async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let run = try Binary(["mine", "-o", "\(url)", "-u", "me", "--device", "cpu", "--log", "json"])
        try await eventually("a login") { await server.lines.first != nil }
        #expect(try listening(run.processID) == [])
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
        await server.stop()
    }

    @Test func theSandboxListensOnLoopbackAlone() async throws {
        let run = try Binary(["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "--log", "json"])
        try await run.wait(for: #""event":"job""#)
        let ports = try listening(run.processID)
        #expect(ports.count == 1 && ports[0].hasPrefix("tcp 0100007F:"), "\(ports)")
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
    }

    /// While code is made for each hash, and for each height.
    @Test(arguments: ["rx/0", "cn/r"])
    func noMappingIsWritableAndExecutable(_ algorithm: String) async throws {
        let run = try Binary([
            "mine", "--sandbox", "-a", algorithm, "--device", "cpu", "--randomx-mode", "light", "--log", "json",
        ])
        try await run.wait(for: #""state":"found""#)
        let modes = MemoryMapping.all(of: run.processID).map(\.mode)
        #expect(modes.count > 50 && modes.contains("r-xs"), "the code's mapping is there")
        #expect(!modes.contains { $0.contains("w") && $0.contains("x") })
        run.send(SIGTERM)
        #expect(try await run.ended().code == 143)
    }
}
