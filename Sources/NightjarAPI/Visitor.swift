import NIOCore

/// Who asks, and whether the connection is still there.
struct Visitor {
    let address: ClientAddress
    private let channel: any Channel

    init(_ channel: any Channel) {
        self.channel = channel
        address = ClientAddress(channel.remoteAddress)
    }

    /// Waits, but not longer than the connection lasts.
    ///
    /// - Returns: whether the connection is still open.
    func wait(_ duration: Duration, _ sleep: @escaping @Sendable (Duration) async throws -> Void) async -> Bool {
        let waiting = Task { try? await sleep(duration) }
        // Only this wait is cancelled and not the connection's task: a command that has begun is carried out.
        channel.closeFuture.whenComplete { _ in waiting.cancel() }
        await waiting.value
        return channel.isActive
    }
}
