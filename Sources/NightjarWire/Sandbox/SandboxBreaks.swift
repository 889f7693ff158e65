import Glibc
import NIOCore
import NightjarCore

/// How a connection can come to its end, for tests of those who stand it.
package enum ConnectionBreak: String, Sendable, CaseIterable {
    /// RST.
    case reset
    /// FIN, in order.
    case close
    /// FIN in the middle of a line.
    case halfLine
    /// Nothing: no answer, no job, and no end.
    case stall
}

extension SandboxPool {
    /// Breaks every connection that there is now; new ones are welcome.
    package func breakConnections(_ how: ConnectionBreak) {
        for (number, peer) in peers {
            switch how {
            case .close: peer.channel.close(promise: nil)
            case .reset:
                // With no time to linger, what is unsent is dropped and the peer is told so.
                let channel = peer.channel
                guard let options = channel as? any SocketOptionProvider else { return }
                options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
            case .halfLine:
                peer.channel.writeAndFlush(ByteBuffer(string: "{\"jsonrpc\":\"2.0\",\"meth"), promise: nil)
                peer.channel.close(promise: nil)
            case .stall: peers[number]?.isStalled = true
            }
        }
    }
}
