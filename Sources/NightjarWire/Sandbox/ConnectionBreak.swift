import Glibc
import NIOCore

/// How a sandbox can break a connection, to test clients.
package enum ConnectionBreak: String, Sendable, CaseIterable {
    /// RST.
    case reset
    /// FIN, in order.
    case close
    /// FIN in the middle of a line.
    case halfLine
    /// The connection stays open in silence: no answer, no job.
    case stall

    func happen(to channel: any Channel) {
        switch self {
        case .close: channel.close(promise: nil)
        case .reset:
            // With a linger time of zero, the system drops unsent data and resets the connection.
            guard let options = channel as? any SocketOptionProvider else { return }
            options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
        case .halfLine:
            channel.writeAndFlush(ByteBuffer(string: "{\"jsonrpc\":\"2.0\",\"meth"), promise: nil)
            channel.close(promise: nil)
        case .stall: break
        }
    }
}
