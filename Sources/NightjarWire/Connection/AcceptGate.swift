import NIOCore

/// Accepts connections only while few enough are open, so that connections never use up the process's open files. More
/// clients wait in the kernel. Stands in the pipeline of a listener that accepts one connection at a time.
package final class AcceptGate: ChannelDuplexHandler {
    package typealias InboundIn = any Channel
    package typealias OutboundIn = Never

    private let most: Int
    private var open = 0
    /// The context while a read is held back.
    private var waiting: ChannelHandlerContext?

    /// - Parameter places: how many connections the server serves. One that is closed for another stays open for a
    ///   moment, and there is room for such ones, too.
    package init(places: Int) { most = Self.descriptors(places: places) }

    /// How many connections are open at most.
    package static func descriptors(places: Int) -> Int { places + places / 8 + 1 }

    package func read(context: ChannelHandlerContext) {
        guard open < most else {
            waiting = context
            return
        }
        context.read()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        let closing = unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop)
        closing.assumeIsolated().whenComplete { _ in self.closed() }
        context.fireChannelRead(data)
    }

    package func handlerRemoved(context: ChannelHandlerContext) { waiting = nil }

    private func closed() {
        open -= 1
        guard let context = waiting else { return }
        waiting = nil
        context.read()
    }
}
