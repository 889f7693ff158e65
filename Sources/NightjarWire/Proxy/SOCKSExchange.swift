import Glibc

/// What a client and a SOCKS5 proxy say to each other (RFC 1928, RFC 1929), without a connection: bytes in, bytes out.
package struct SOCKSExchange {
    /// What comes next.
    package enum Step: Equatable {
        /// More bytes are needed.
        case wait
        case send([UInt8])
        /// The proxy has connected; these bytes are the server's.
        case connected(rest: [UInt8])
    }

    private enum State { case greeted, loggingIn, requested, connected }

    private let host: String
    private let port: Int
    private let login: SOCKSProxy.Login?
    private var state = State.greeted
    private var received: [UInt8] = []

    /// - Parameters:
    ///   - host: the server's name or address; an IPv6 address without its brackets.
    ///   - login: for a proxy that asks for one.
    package init(host: String, port: Int, login: SOCKSProxy.Login?) {
        self.host = host
        self.port = port
        self.login = login
    }

    /// The ways of logging in that the client offers.
    package var greeting: [UInt8] { login == nil ? [5, 1, 0] : [5, 2, 0, 2] }

    /// - Throws: ``ProxyFault``.
    package mutating func receive(_ bytes: some Sequence<UInt8>) throws(ProxyFault) -> Step {
        received += bytes
        switch state {
        case .greeted:
            guard let version = received.first else { return .wait }
            guard version == 5 else { throw .notSOCKS5(version) }
            guard received.count >= 2 else { return .wait }
            let method = received[1]
            received.removeFirst(2)
            guard method == 0 || method == 2 && login != nil else { throw .noMethod }
            // A proxy does not speak before it is asked.
            guard received.isEmpty else { throw .badReply }
            guard method == 2, let login else { return request() }
            state = .loggingIn
            let user = Array(login.user.utf8), password = Array(login.password.utf8)
            return .send([1, UInt8(user.count)] + user + [UInt8(password.count)] + password)
        case .loggingIn:
            guard received.count >= 2 else { return .wait }
            // The version of RFC 1929 is 1; some proxies repeat that of SOCKS.
            guard received[0] == 1 || received[0] == 5 else { throw .badReply }
            guard received[1] == 0 else { throw .loginRefused }
            received.removeFirst(2)
            guard received.isEmpty else { throw .badReply }
            return request()
        case .requested:
            guard let version = received.first else { return .wait }
            guard version == 5 else { throw .badReply }
            guard received.count >= 2 else { return .wait }
            guard received[1] == 0 else { throw .refused(received[1]) }
            guard received.count >= 5 else { return .wait }
            // The address from which the proxy connects is of no use.
            let address: Int
            switch received[3] {
            case 1: address = 4
            case 3: address = 1 + Int(received[4])
            case 4: address = 16
            default: throw .badReply
            }
            guard received.count >= 4 + address + 2 else { return .wait }
            state = .connected
            return .connected(rest: Array(received.dropFirst(4 + address + 2)))
        case .connected: return .wait
        }
    }

    /// CONNECT. A name goes as it is, so that only the proxy resolves it.
    private mutating func request() -> Step {
        state = .requested
        var command: [UInt8] = [5, 1, 0]
        if let address = bytes(AF_INET, count: 4) {
            command += [1] + address
        } else if let address = bytes(AF_INET6, count: 16) {
            command += [4] + address
        } else {
            command += [3, UInt8(clamping: host.utf8.count)] + Array(host.utf8)
        }
        command += [UInt8(port >> 8 & 0xFF), UInt8(port & 0xFF)]
        return .send(command)
    }

    /// The host's bytes when it is an address of that family.
    private func bytes(_ family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, host, &bytes) == 1 ? bytes : nil
    }
}
