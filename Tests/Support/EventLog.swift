import NightjarPlatform
import NightjarWire
import Synchronization

/// Runs an upstream and keeps its events.
package final class EventLog: Sendable {
    private let events = Locked<[UpstreamEvent]>([])
    private let task = Locked<Task<Void, Never>?>(nil)

    package init(running upstream: any Upstream) {
        let events = { @Sendable [weak self] (event: UpstreamEvent) in
            guard let self else { return }
            self.events.withLock { $0.append(event) }
        }
        let running = Task { await upstream.run(events: events) }
        task.withLock { $0 = running }
    }

    deinit { task.withLock { $0?.cancel() } }

    /// Cancels the upstream and waits for its end.
    package func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    package var all: [UpstreamEvent] { events.withLock { $0 } }

    package var jobs: [UpstreamJob] { all.compactMap { if case .job(let job) = $0 { job } else { nil } } }

    package var refusals: [String] { all.compactMap { if case .refused(_, let reason) = $0 { reason } else { nil } } }

    package var warnings: [String] { all.compactMap { if case .warning(let text) = $0 { text } else { nil } } }

    package var disconnections: [String] {
        all.compactMap { if case .disconnected(_, let reason, _) = $0 { reason } else { nil } }
    }

    /// What was said of each failed try that a pool is waited for after, in order.
    package var outages: [Outage] {
        all.compactMap {
            switch $0 {
            case .disconnected(_, _, let outage), .waiting(let outage): outage
            default: nil
            }
        }
    }

    /// All events without what they say of waits.
    package var plain: [UpstreamEvent] {
        all.compactMap {
            switch $0 {
            case .disconnected(let pool, let reason, _): .disconnected(pool: pool, reason: reason)
            case .waiting: nil
            default: $0
            }
        }
    }

    package var unusable: [String] {
        all.compactMap { if case .unusable(let reason, _) = $0 { reason } else { nil } }
    }

    package var connections: Int { all.count { if case .connected = $0 { true } else { false } } }

    /// Waits for the n-th job, counting from 1.
    package func job(_ n: Int = 1) async throws -> UpstreamJob {
        try await eventually("job \(n) after \(all)") { jobs.count >= n ? jobs[n - 1] : nil }
    }

    package func refusal(_ n: Int = 1) async throws -> String {
        try await eventually("refusal \(n) after \(all)") { refusals.count >= n ? refusals[n - 1] : nil }
    }

    package func disconnection(_ n: Int = 1) async throws -> String {
        try await eventually("disconnection \(n) after \(all)") {
            disconnections.count >= n ? disconnections[n - 1] : nil
        }
    }

    package func connected(_ n: Int = 1) async throws {
        try await eventually("connection \(n) after \(all)") { connections >= n }
    }
}
