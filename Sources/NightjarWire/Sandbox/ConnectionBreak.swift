import Glibc
import NIOCore

/// How a connection can come to its end, for tests of clients that stand it.
package enum ConnectionBreak: String, Sendable, CaseIterable {
    /// RST.
    case reset
    /// FIN, in order.
    case close
    /// FIN in the middle of a line.
    case halfLine
    /// Nothing: no answer, no job, and no end.
    case stall

    func happen(to channel: any Channel) {
        switch self {
        case .close: channel.close(promise: nil)
        case .reset:
            // With no time to linger, what is unsent is dropped and the peer is told so.
            guard let options = channel as? any SocketOptionProvider else { return }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        case .halfLine:
            channel.writeAndFlush(ByteBuffer(string: "{\"jsonrpc\":\"2.0\",\"meth"), promise: nil)
            channel.close(promise: nil)
        case .stall: break
        }
    }
}
