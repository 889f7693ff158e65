import NightjarCore
import NightjarWire

/// Writes shares into the ledger. When that fails the run continues: shares are still sent and counted, and the user is
/// told once.
struct ShareBook {
    private let ledger: ShareLedger
    private let reporter: any Reporter
    private var hasFailed = false
    /// The last number of a share that the ledger did not take. These numbers are negative, so that they never equal a
    /// row's.
    private var unwritten: Int64 = 0

    init(_ ledger: ShareLedger, reporter: any Reporter) {
        self.ledger = ledger
        self.reporter = reporter
    }

    /// - Returns: the share's number from now on.
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
            if !hasFailed {
                reporter.report(.error("\(error); shares are still sent, but not all are written to the ledger"))
            }
            hasFailed = true
        }
    }
}
