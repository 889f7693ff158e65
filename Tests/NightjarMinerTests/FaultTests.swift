import Foundation
import NIOCore
import NIOPosix
import NightjarCore
import NightjarMiner
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A miner whose connection breaks again and again, in every way there is: each share ends somewhere, and the ledger
/// says where.
///
/// A few faults of each kind by default; `NIGHTJAR_FAULTS` sets the number for each dialect.
@Suite(.serialized, .timeLimit(.minutes(15))) struct FaultTests {
    private static let faults = ProcessInfo.processInfo.environment["NIGHTJAR_FAULTS"].flatMap { Int($0) } ?? 28

    private enum Fault: Int, CaseIterable {
        case reset, close, halfLine, stall, refusedLogin, noAddress, otherCertificate
    }

    /// A name that has an address, or none.
    private struct Names: Resolver {
        let loop: any EventLoop
        let isKnown: Bool
        /// Called with each question that is answered with nothing.
        let onUnknown: @Sendable () -> Void

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            if !isKnown { onUnknown() }
            return loop.submit { isKnown ? [try SocketAddress(ipAddress: "127.0.0.1", port: port)] : [] }
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture([])
        }

        func cancelQueries() {}
    }

    /// The number that ``FakeHashing`` calls the nonce's hash.
    private static func proof(_ work: Work) -> Proof {
        let offset = work.algorithm.dialect == .monero ? 39 : 76
        let nonce = work.input[offset..<offset + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Proof(digest: Digest(words: (0, 0, 0, nonce)))
    }

    @Test(arguments: [Algorithm.cn2, .sha256d]) func noShareIsUnaccountedFor(_ algorithm: Algorithm) async throws {
        let certificates = try Certificates()
        try await certificates.make("right", for: ["DNS:pool.example"])
        try await certificates.make("wrong", for: ["DNS:pool.example"])
        let right = try certificates.server("right")
        let wrong = try certificates.server("wrong")

        var configuration = SandboxConfiguration(
            algorithms: [algorithm], jobInterval: .milliseconds(500), startDifficulty: .one, shareInterval: nil)
        configuration.faults.replyDelay = .milliseconds(3)
        let pool = SandboxPool(configuration) { Self.proof($0) }
        let port = try await pool.start(port: 0, secure: right)

        let names = Locked((isKnown: true, unknown: 0))
        var options = UpstreamOptions(
            algorithms: [algorithm], algorithm: algorithm, connectTimeout: .seconds(5), loginDeadline: .seconds(10),
            requestDeadline: .seconds(2),
            backoff: Backoff(sleep: { _ in try await Task.sleep(for: .milliseconds(1)) }))
        options.checkInterval = .milliseconds(50)
        options.resolver = { loop in
            Names(loop: loop, isKnown: names.withLock { $0.isKnown }) { names.withLock { $0.unknown += 1 } }
        }
        var settings = PoolSettings(url: try PoolURL("stratum+tls://pool.example:\(port)"), user: "u")
        settings.fingerprint = CertificatePin(try await certificates.fingerprint("right"))
        let group = try PoolGroup(pools: [settings], options: options)

        let hashing = FakeHashing()
        let newest = Locked((job: Job?.none, nonce: UInt32(0)))
        hashing.onJob { job, _ in newest.withLock { $0.job = job ?? $0.job } }
        // Lanes that go on through outages, as they do for the last batch.
        let finding = Task {
            while !Task.isCancelled {
                let (job, nonce) = newest.withLock { state in
                    state.nonce += 1
                    return (state.job, state.nonce)
                }
                if let job { hashing.find(nonce..<nonce + 1, job) }
                // No faster than a slow build can answer: a backlog that grows would let every share expire.
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        let ledger = try ShareLedger.inMemory()
        let reporter = FakeReporter()
        let miner = Miner(hashing: hashing, devices: [.cpu], upstream: group, ledger: ledger, reporter: reporter)
        let running = Task { await miner.run() }

        var generator = SeededGenerator()
        for number in 0..<Self.faults {
            // Not always at the same point of the exchange: after the first share, or some more.
            let accepted = await pool.stats.accepted + Int.random(in: 0...4, using: &generator)
            try await eventually(every: .milliseconds(2), "shares before fault \(number)") {
                await pool.stats.accepted > accepted
            }
            let logins = await pool.stats.logins
            switch Fault(rawValue: number % Fault.allCases.count) {
            case .reset: await pool.breakConnections(.reset)
            case .close: await pool.breakConnections(.close)
            case .halfLine: await pool.breakConnections(.halfLine)
            case .stall: await pool.breakConnections(.stall)
            case .refusedLogin:
                await pool.setFaults(Faults(refuseLogin: "no"))
                let connections = await pool.stats.connections
                await pool.breakConnections(.close)
                try await eventually("refused logins") { await pool.stats.connections >= connections + 2 }
                await pool.setFaults(configuration.faults)
            case .noAddress:
                let asked = names.withLock { names in
                    names.isKnown = false
                    return names.unknown
                }
                await pool.breakConnections(.reset)
                try await eventually("two tries without an address") { names.withLock { $0.unknown } >= asked + 2 }
                names.withLock { $0.isKnown = true }
            case .otherCertificate:
                await pool.stop()
                let connections = await pool.stats.connections
                _ = try await pool.start(port: port, secure: wrong)
                try await eventually("refused certificates") { await pool.stats.connections >= connections + 2 }
                await pool.stop()
                _ = try await pool.start(port: port, secure: right)
            case nil: Issue.record("no such fault")
            }
            try await eventually("a login after fault \(number)") { await pool.stats.logins > logins }
        }

        finding.cancel()
        await finding.value
        await miner.stop(.signal(2))
        let summary = await running.value.summary
        let stats = await pool.stats
        await pool.stop()
        #expect(summary.found > Self.faults)
        #expect(summary.unaccounted == 0)
        #expect(summary.found == summary.accepted + summary.rejected + summary.stale + summary.expired)
        #expect(summary.rejected == 0, "\(stats.refused)")
        // What the pool took and could not say so any more has expired here.
        #expect(summary.accepted <= stats.accepted)
        let entries = try ledger.entries()
        #expect(entries.count == summary.found)
        #expect(entries.count { $0.state == .accepted } == summary.accepted)
        #expect(entries.allSatisfy { $0.state != .found && $0.state != .submitted })
        print(
            "\(algorithm), \(Self.faults) faults: \(summary.found) shares found, \(summary.accepted) accepted, \(summary.stale) stale, "
                + "\(summary.expired) expired, \(summary.unaccounted) unaccounted; the pool took \(stats.accepted)")
    }
}
