import NightjarPlatform
import NightjarWire
import Synchronization

/// Slows down a client that guesses the token.
///
/// After a wrong token, the next one from the same address is compared only after a delay, also when it is right:
/// otherwise a client that gets no quick answer would know that its token is wrong. The delay holds no thread, and other
/// addresses are not delayed.
package final class TokenGuesses: Sendable {
    package enum Verdict: Sendable, Hashable {
        case right, wrong
        /// Too many of this address's tokens wait already.
        case tooMany(retryAfter: Duration)
        /// The connection ended before the token was looked at.
        case gone
    }

    private struct Record {
        /// Wrong tokens in a row.
        var wrong = 0
        /// When the next token is looked at.
        var next = Duration.zero
        var waiting = 0
        /// When it was last used, counted in uses.
        var used = 0

        /// One waits no longer. A record that was forgotten meanwhile does not know of it.
        mutating func leave() { waiting = max(0, waiting - 1) }
    }

    private enum Step { case done(Verdict), wait(Duration) }

    /// How many of an address's requests may wait. With more of them, the last would wait longer than a request may
    /// take.
    static let mostWaiting = 4
    /// More addresses than that are not remembered: the one that was quiet longest is forgotten.
    package static let mostAddresses = 1024
    /// After so long without a wrong token, an address begins anew.
    private static let memory = Duration.seconds(300)
    /// A right token ends the delay only after so long without a wrong one: the owner of the token may have the same
    /// address as a client that guesses.
    private static let quiet = Duration.seconds(60)

    private let records = Locked((byAddress: [ClientAddress: Record](), uses: 0))
    let time: Backoff

    /// - Parameter time: its `now` and `sleep` count.
    package init(time: Backoff) { self.time = time }

    package var addresses: Int { records.withLock { $0.byAddress.count } }

    /// The delay after so many wrong tokens: none after the first, then 100 ms, doubled up to 3.2 s.
    package static func delay(after wrong: Int) -> Duration {
        wrong < 2 ? .zero : .milliseconds(100 << min(wrong - 2, 5))
    }

    /// - Parameters:
    ///   - wait: waits, and says whether the connection is still open.
    ///   - isRight: compares the token.
    package func judge(
        from address: ClientAddress, wait: (Duration) async -> Bool, isRight: @Sendable () -> Bool
    ) async -> Verdict {
        var isWaiting = false
        while true {
            switch step(address, &isWaiting, isRight) {
            case .done(let verdict): return verdict
            case .wait(let duration):
                guard await wait(duration) else {
                    records.withLock { $0.byAddress[address]?.leave() }
                    return .gone
                }
            }
        }
    }

    private func step(_ address: ClientAddress, _ isWaiting: inout Bool, _ isRight: @Sendable () -> Bool) -> Step {
        let (now, waited) = (time.now(), isWaiting)
        let step: Step = records.withLock { records in
            records.uses += 1
            var record = records.byAddress[address] ?? Record()
            record.used = records.uses
            if now - record.next > Self.memory { record.wrong = 0 }
            defer {
                records.byAddress[address] = record.wrong == 0 && record.waiting == 0 ? nil : record
                Self.shorten(&records.byAddress)
            }
            guard record.wrong > 0, record.next > now else {
                if waited { record.leave() }
                // Under the lock, so that of several that wait only one is looked at.
                if isRight() {
                    if now - record.next >= Self.quiet { record.wrong = 0 }
                    return .done(.right)
                }
                record.wrong += 1
                record.next = now + Self.delay(after: record.wrong)
                return .done(.wrong)
            }
            if !waited {
                guard record.waiting < Self.mostWaiting else { return .done(.tooMany(retryAfter: record.next - now)) }
                record.waiting += 1
            }
            return .wait(record.next - now)
        }
        if case .wait = step { isWaiting = true }
        return step
    }

    private static func shorten(_ records: inout [ClientAddress: Record]) {
        guard records.count > mostAddresses else { return }
        guard let oldest = records.min(by: { $0.value.used < $1.value.used })?.key else { return }
        records[oldest] = nil
    }
}
