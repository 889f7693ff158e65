import NightjarCore
import NightjarWire

/// Writes shares into the ledger for a run that goes on when that fails: shares are still sent and counted, and the
/// user is told once.
struct ShareBook {
    private let ledger: ShareLedger
    private let reporter: any Reporter
    private var hasFailed = false
    /// Numbers for shares that the ledger could not take; below zero, so that they never meet a row's.
    private var unwritten: Int64 = 0

    init(_ ledger: ShareLedger, reporter: any Reporter) {
        self.ledger = ledger
        self.reporter = reporter
    }

    /// - Returns: the number by which the share is known from here on.
    mutating func found(_ share: Share, pool: String, height: UInt64?, difficulty: PoolDifficulty) -> Int64 {
        var id: Int64 = 0
        write { id = try $0.found(share, pool: pool, height: height, difficulty: difficulty) }
        if id == 0 {
            unwritten -= 1
            id = unwritten
        }
        return id
    }

    mutating func submitted(_ id: Int64) { write { try $0.submitted(id) } }

    mutating func finished(_ id: Int64, as state: ShareState, reason: String?, latency: Int64?) {
        write { try $0.finished(id, as: state, reason: reason, latency: latency) }
    }

    private mutating func write(_ body: (ShareLedger) throws -> Void) {
        do { try body(ledger) } catch {
            if !hasFailed { reporter.report(.error("\(error); shares are still sent, but not all written down")) }
            hasFailed = true
        }
    }
}
