import NightjarPlatform
import Synchronization

/// Runs `body` while the system refuses threads, as far as this process believes.
///
/// - Parameter refusal: the code that a thread's start fails with, or 0 to let it start.
package func withRefusedThreads<Result>(
    _ refusal: @escaping @Sendable (_ name: String) -> Int32, _ body: () throws -> Result
) rethrows -> Result {
    PinnedThread.refusal.withLock { $0 = refusal }
    defer { PinnedThread.refusal.withLock { $0 = nil } }
    return try body()
}

/// The same for what is awaited.
package func withRefusedThreads<Result>(
    _ refusal: @escaping @Sendable (_ name: String) -> Int32, _ body: () async throws -> Result
) async rethrows -> Result {
    PinnedThread.refusal.withLock { $0 = refusal }
    defer { PinnedThread.refusal.withLock { $0 = nil } }
    return try await body()
}
