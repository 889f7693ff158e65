import NightjarPlatform
import NightjarWire
import Synchronization

/// Time that passes only by sleeping, and then at once.
package final class FakeTime: Sendable {
    private let state = Locked((now: Duration.zero, sleeps: [Duration]()))

    package init() {}

    package var sleeps: [Duration] { state.withLock { $0.sleeps } }

    package func pass(_ duration: Duration) { state.withLock { $0.now += duration } }

    /// Back-off without jitter in this time.
    package var backoff: Backoff {
        Backoff(
            sleep: { [self] duration in
                state.withLock { state in
                    state.now += duration
                    state.sleeps.append(duration)
                }
                // A little real time, so that a pool which is down is not asked in a busy loop.
                try await Task.sleep(for: .milliseconds(2))
            }, now: { [self] in state.withLock { $0.now } }, jitter: { 0 })
    }
}
