import NightjarPlatform
import Synchronization

/// The number of answered shares that ends a run. All teams of the run share it.
///
/// Lanes rest while the shares under way could reach the number, so that few more are found than wanted. When some of
/// these end as stale or expired, the lanes work again.
final class ShareLimit: Sendable {
    private struct State {
        var answered = 0
        var underWay = 0
        var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastWatcher = 0
    }

    private let wanted: Int?
    private let state = Locked(State())

    /// - Parameter wanted: how many accepted or rejected shares end the run; `nil` for no limit.
    init(_ wanted: Int?) { self.wanted = wanted }

    /// Whether the shares under way could reach the limit, so that no lane needs to work.
    var isEnough: Bool { wanted.map { wanted in state.withLock { $0.answered + $0.underWay >= wanted } } ?? false }

    /// Whether the limit is reached.
    var isReached: Bool { wanted.map { wanted in state.withLock { $0.answered >= wanted } } ?? false }

    /// A share is sent.
    func began() { change { $0.underWay += 1 } }

    /// A share that was sent has ended.
    ///
    /// - Parameter counts: whether it was accepted or rejected.
    func ended(counts: Bool) {
        change {
            $0.underWay -= 1
            if counts { $0.answered += 1 }
        }
    }

    /// Yields when ``isEnough`` may have changed. It ends with its task.
    func changes() -> AsyncStream<Void> {
        let (stream, watcher) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastWatcher += 1
            state.watchers[state.lastWatcher] = watcher
            return state.lastWatcher
        }
        watcher.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return stream
    }

    private func change(_ body: (inout State) -> Void) {
        guard let wanted else { return }
        let watchers = state.withLock { state in
            let was = state.answered + state.underWay >= wanted
            body(&state)
            let isEnough = state.answered + state.underWay >= wanted
            return was == isEnough ? [] : Array(state.watchers.values)
        }
        for watcher in watchers { watcher.yield() }
    }
}
