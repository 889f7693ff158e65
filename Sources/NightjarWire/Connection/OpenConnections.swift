import NIOCore
import NightjarPlatform
import Synchronization

/// A server's connections, each with the task that serves it.
package final class OpenConnections: Sendable {
    private let state = Locked(
        (stopping: false, next: 0, open: [Int: (channel: any Channel, task: Task<Void, Never>)]()))

    package init() {}

    package var count: Int { state.withLock { $0.open.count } }

    /// Serves a connection, and closes it afterwards. A connection that comes while the server stops is opened and then
    /// closed at once: NIO traps when a connection is dropped unopened.
    package func add(_ channel: any Channel, serve: @escaping @Sendable () async -> Void) {
        let late = state.withLock { state in
            let number = state.next
            state.next += 1
            // The task removes itself under this lock, so it is always in the list by then.
            let task = Task {
                await serve()
                channel.close(promise: nil)
                self.state.withLock { _ = $0.open.removeValue(forKey: number) }
            }
            state.open[number] = (channel, task)
            return state.stopping
        }
        if late { channel.close(promise: nil) }
    }

    /// Closes every connection there is now.
    package func drop() {
        for connection in state.withLock({ Array($0.open.values) }) { connection.channel.close(promise: nil) }
    }

    /// Closes every connection, those that are still to come too, and waits for their tasks.
    package func stop() async {
        let open = state.withLock { state in
            state.stopping = true
            return Array(state.open.values)
        }
        for connection in open { connection.channel.close(promise: nil) }
        for connection in open { await connection.task.value }
    }
}
