import NIOCore
import NightjarWire

/// Counts what a server sends, before it is parsed: the HTTP parser may keep bytes of which it tells nothing, for as
/// long as they come. Stands before the parser.
final class AnswerBytes: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var left = 0
    private var limit = 0

    /// A request is sent.
    ///
    /// - Parameter limit: the most bytes of the answer's body. Its head and the marks of its pieces come in addition.
    func expect(limit: Int) {
        self.limit = limit
        left = 2 * limit + 64 << 10
    }

    /// The answer is complete. The server has nothing more to say.
    func expectNothing() { left = 0 }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        guard left >= 0 else {
            context.fireErrorCaught(HTTPClientError.tooLong(limit: limit))
            return Connecting.hangUp(context.channel)
        }
        context.fireChannelRead(data)
    }
}
