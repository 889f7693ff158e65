import NightjarCore
import NightjarPlatform
import Synchronization

/// How far a device can be trusted: the results of the CPU's checks in a mining run.
package struct DeviceHealth: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// There is no job for it, or it cannot run the job's algorithm.
        case resting
        /// It builds programs and caches, and passes its known answers.
        case preparing
        case working
        /// It failed, and is made anew after a pause.
        case recovering
        /// It failed too often, and is not used for the rest of the run. The reason is one line.
        case quarantined(reason: String)
    }

    package let device: DeviceID
    package let state: State
    /// The device's digests that the CPU computed again: every candidate, and samples of the audits.
    package let checked: UInt64
    /// How many of these were wrong, or had a nonce that the device was not given.
    package let wrong: UInt64
    /// How many times the device was made anew after a failure.
    package let rebuilds: Int

    package init(device: DeviceID, state: State, checked: UInt64, wrong: UInt64, rebuilds: Int) {
        self.device = device
        self.state = state
        self.checked = checked
        self.wrong = wrong
        self.rebuilds = rebuilds
    }

    /// ``wrong`` divided by ``checked``; 0 when nothing was checked.
    package var errorRate: Double { checked == 0 ? 0 : Double(wrong) / Double(checked) }
}

/// The rules for devices that fail.
package struct Recovery: Sendable {
    /// The pause before each attempt to use a failed device again. A failure after the last attempt means quarantine.
    package var pauses: [Duration]
    /// After this time without a failure, a device begins with the first pause again.
    package var forgets: Duration
    /// This many wrong digests among the last ``window`` checked ones are a failure. A single one may be a bit that
    /// flipped.
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

/// A device's record in a mining run. Its lanes, the verifier and its own thread write into it.
final class HealthRecord: Sendable {
    /// What to do after a failure.
    enum Verdict: Sendable, Hashable {
        case tryAgain(after: Duration, attempt: Int)
        case quarantine(reason: String)
    }

    private struct State {
        var state = DeviceHealth.State.resting
        var checked: UInt64 = 0
        var wrong: UInt64 = 0
        var rebuilds = 0
        /// Failures since the last long time without one.
        var failures = 0
        var workingSince: ContinuousClock.Instant?
        /// The last checked digests since the device was made anew, one bit each: 1 means wrong.
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
    /// Called when the device is not trusted any more. It wakes lanes that wait.
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

    /// Whether to audit a batch now. After a yes, the answer is no for `interval`, to all lanes.
    func isAuditDue(every interval: Duration) -> Bool {
        let now = (ContinuousClock.now - epoch).inNanoseconds
        let due = nextAudit.load(ordering: .relaxed)
        guard now >= due else { return false }
        return nextAudit.compareExchange(
            expected: due, desired: now + interval.inNanoseconds, ordering: .relaxed
        ).exchanged
    }

    /// Notes the result of checking a digest.
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

    /// - Throws: ``NightjarError`` when too many of the device's recent digests are wrong.
    func demandTrust() throws(NightjarError) {
        guard distrusted.load(ordering: .relaxed) else { return }
        let (wrong, count) = state.withLock { ($0.recent.nonzeroBitCount, $0.recentCount) }
        throw NightjarError(
            device: device, reason: "\(wrong) of its last \(count) checked hashes are wrong", code: .selftest)
    }

    func noteResting() { state.withLock { $0.state = .resting } }

    func notePreparing() { state.withLock { $0.state = .preparing } }

    func noteWorking() {
        state.withLock {
            $0.state = .working
            $0.workingSince = .now
        }
    }

    /// Notes a failure, and says what to do.
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
