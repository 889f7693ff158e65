import NIOCore
import NIOPosix
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// Connections by one family of addresses alone.
@Suite(.timeLimit(.minutes(5))) struct FamilyTests {
    private let time = FakeTime()

    /// `localhost` has an address of both families as a rule; the server listens at 127.0.0.1.
    @Test func theOtherFamilyIsNotAsked() async throws {
        let server = ScriptedServer()
        let port = try await server.start().port
        var options = UpstreamOptions(backoff: time.backoff)
        options.family = .v4
        let four = try StratumClient(url: PoolURL("localhost:\(port)"), login: Login(user: "u"), options: options)
        let log = EventLog(running: four)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        #expect(log.disconnections.isEmpty)
        await log.stop()

        options.family = .v6
        let six = try StratumClient(url: PoolURL("localhost:\(port)"), login: Login(user: "u"), options: options)
        let other = EventLog(running: six)
        _ = try await other.disconnection()
        await other.stop()
        #expect(await server.connections == 1)
        await server.stop()
    }

    @Test(
        arguments: [
            ("127.0.0.1", IPFamily.v4), ("::1", .v6), ("localhost", nil), ("1.2.3", nil), ("", nil),
        ] as [(String, IPFamily?)]) func literals(_ host: String, _ family: IPFamily?)
    {
        #expect(IPFamily(ofLiteral: host) == family)
    }
}
