import NightjarCore
import NightjarPlatform
import Synchronization

/// How far a device can be trusted, from what the CPU has checked of its work in a mining run.
package struct DeviceHealth: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// Not at work: there is no job for it, or it cannot run the job's algorithm.
        case resting
        /// It builds programs and caches, and passes its known answers.
        case preparing
        case working
        /// It failed, and is tried anew after a pause.
        case recovering
        /// It failed too often, and is out for the rest of the run. Why, in one line.
        case quarantined(reason: String)
    }

    package let device: DeviceID
    package let state: State
    /// Digests of this device's that the CPU computed again: every candidate, and samples of what it kept to itself.
    package let checked: UInt64
    /// How many of these were wrong, or came from nonces that it was not asked for.
    package let wrong: UInt64
    /// How often everything of the device was made anew after a failure.
    package let rebuilds: Int

    package init(device: DeviceID, state: State, checked: UInt64, wrong: UInt64, rebuilds: Int) {
        self.device = device
        self.state = state
        self.checked = checked
        self.wrong = wrong
        self.rebuilds = rebuilds
    }

    /// The wrong part of what was checked, from 0 to 1; 0 where nothing was.
    package var errorRate: Double { checked == 0 ? 0 : Double(wrong) / Double(checked) }
}

/// What is done about devices that fail.
package struct Recovery: Sendable {
    /// How long to wait before each try to make a device work again. One that fails after the last is quarantined.
    package var pauses: [Duration]
    /// A device that has worked for so long without failing begins with the first pause again.
    package var forgets: Duration
    /// So many wrong digests among the last ``window`` that were checked are a failure. One alone may be a cosmic
    /// ray's.
    package var tolerated: Int
    package let window = 32

    package init(
        pauses: [Duration] = [.seconds(1), .seconds(5), .seconds(25)], forgets: Duration = .seconds(600),
        tolerated: Int = 3
    ) {
        self.pauses = pauses
        self.forgets = forgets
        self.tolerated = tolerated
    }
}

/// A device's record in a mining run: its lanes, the verifier and the thread that watches over it write into it.
final class HealthRecord: Sendable {
    /// What is to be done after a failure.
    enum Verdict: Sendable, Hashable {
        case tryAgain(after: Duration, attempt: Int)
        case quarantine(reason: String)
    }

    private struct State {
        var state = DeviceHealth.State.resting
        var checked: UInt64 = 0
        var wrong: UInt64 = 0
        var rebuilds = 0
        /// Failures that are not forgotten.
        var failures = 0
        var workingSince: ContinuousClock.Instant?
        /// The last digests that were checked since the device was made anew: a bit each, 1 for a wrong one.
        var recent: UInt32 = 0
        var recentCount = 0
    }

    let device: DeviceID
    private let recovery: Recovery
    private let state = Locked(State())
    private let distrusted = Atomic(false)
    /// When the next audit is due, in nanoseconds after `epoch`.
    private let nextAudit = Atomic<Int64>(0)
    private let epoch = ContinuousClock.now
    /// Called when the device is not to be trusted any more, so that lanes which wait look up.
    private let alarm: @Sendable () -> Void

    init(_ device: DeviceID, recovery: Recovery, alarm: @escaping @Sendable () -> Void) {
        self.device = device
        self.recovery = recovery
        self.alarm = alarm
    }

    var health: DeviceHealth {
        state.withLock {
            DeviceHealth(device: device, state: $0.state, checked: $0.checked, wrong: $0.wrong, rebuilds: $0.rebuilds)
        }
    }

    /// Whether a batch is to be audited now; then this says no for `interval`, whichever lane asks.
    func isAuditDue(every interval: Duration) -> Bool {
        let now = (ContinuousClock.now - epoch).inNanoseconds
        let due = nextAudit.load(ordering: .relaxed)
        guard now >= due else { return false }
        return nextAudit.compareExchange(
            expected: due, desired: now + interval.inNanoseconds, ordering: .relaxed
        ).exchanged
    }

    /// Notes what came of checking a digest.
    func note(isRight: Bool) {
        let isTooMuch = state.withLock { state in
            state.checked += 1
            state.recent = state.recent << 1 | (isRight ? 0 : 1)
            state.recentCount = min(recovery.window, state.recentCount + 1)
            guard !isRight else { return false }
            state.wrong += 1
            return state.recent.nonzeroBitCount >= recovery.tolerated
        }
        if isTooMuch, !distrusted.exchange(true, ordering: .relaxed) { alarm() }
    }

    /// - Throws: ``NightjarError`` when too much of what the device computed lately is wrong.
    func demandTrust() throws(NightjarError) {
        guard distrusted.load(ordering: .relaxed) else { return }
        let (wrong, count) = state.withLock { ($0.recent.nonzeroBitCount, $0.recentCount) }
        throw NightjarError(
            device: device, reason: "\(wrong) of its last \(count) checked hashes are wrong", code: .selftest)
    }

    func rests() { state.withLock { $0.state = .resting } }

    func prepares() { state.withLock { $0.state = .preparing } }

    func works() {
        state.withLock {
            $0.state = .working
            $0.workingSince = .now
        }
    }

    /// Notes a failure: what to do about it.
    func failed(_ reason: String) -> Verdict {
        state.withLock { state in
            if let since = state.workingSince, .now - since > recovery.forgets { state.failures = 0 }
            state.workingSince = nil
            state.recent = 0
            state.recentCount = 0
            distrusted.store(false, ordering: .relaxed)
            state.failures += 1
            guard state.failures <= recovery.pauses.count else {
                let words = "quarantined after \(state.failures) failures, the last one: \(reason)"
                state.state = .quarantined(reason: words)
                return .quarantine(reason: words)
            }
            state.rebuilds += 1
            state.state = .recovering
            return .tryAgain(after: recovery.pauses[state.failures - 1], attempt: state.failures)
        }
    }
}
