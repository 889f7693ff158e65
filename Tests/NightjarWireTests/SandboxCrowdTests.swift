import NightjarWire
import TestSupport
import Testing

/// Other users of this machine at the sandbox's pool.
@Suite(.timeLimit(.minutes(5))) struct SandboxCrowdTests: AtASandbox {
    let time = FakeTime()

    private static let login =
        Array(#"{"id":1,"method":"login","params":{"login":"x","pass":"x","agent":"x"}}"#.utf8) + [10]

    @Test func whoDoesNotReadIsLeft() async throws {
        let pool = pool()
        let client = WebClient(port: try await pool.start())
        // Tens of megabytes of jobs, far more than the kernel keeps.
        let flood = Array(repeating: Self.login, count: 100_000).flatMap { $0 }
        let silent = try await client.open(sending: flood, receiveBuffer: 2048)
        try await eventually("no connection left") { await pool.peerCount == 0 }
        withExtendedLifetime(silent) {}
        await pool.stop()
    }

    @Test func connectionsAreBounded() async throws {
        let pool = pool()
        let client = WebClient(port: try await pool.start())
        var held: [WebClient.Connection] = []
        for _ in 0..<64 { held.append(try await client.open(sending: Self.login)) }
        for connection in held { try await client.awaitBytes(of: connection) }
        let late = try await client.open()
        try await client.awaitClose(of: late)
        #expect(await pool.peerCount == 64)
        held.removeFirst()
        try await eventually("a free place") { await pool.peerCount == 63 }
        withExtendedLifetime(held) {}
        await pool.stop()
    }
}
