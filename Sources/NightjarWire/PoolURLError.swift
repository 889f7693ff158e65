/// What is wrong with a pool's URL. The description is one line.
package enum PoolURLError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownScheme(String)
    /// Stratum V2.
    case stratumV2
    case missingPort(String)
    /// The text is `nil` when it has more than digits: it may be a password.
    case badPort(String?)
    case badHost(String)
    case unbracketed(String)
    /// Something behind the port.
    case path(String, ofNode: Bool)
    /// Several addresses in one.
    case several
    /// A name that only Tor or I2P knows, and no proxy.
    case hiddenService(PoolURL)
    /// The text is not kept, because it may hold a password.
    case credentials
    /// A node where a pool is wanted, or the other way round.
    case wrongKind(PoolURL)
    /// A fingerprint for a connection without TLS, which would never be checked.
    case fingerprintWithoutTLS(PoolURL)
    /// ZMQ for a pool; only nodes have it.
    case zmqWithoutNode(PoolURL)
    /// ZMQ for a Bitcoin or Litecoin node.
    case zmqWithoutMonero(PoolURL)
    /// A setting for Bitcoin and Litecoin nodes, by its flag, for something else.
    case onlyForBitcoinNodes(String, PoolURL)
    /// A node's RPC has one login, and two are given.
    case twoLogins
    /// The address that a node's blocks should pay; the text says what is wrong with it.
    case badAddress(String)
    case longCoinbaseText(bytes: Int, limit: Int)

    package var description: String {
        switch self {
        case .unknownScheme(let name):
            "'\(name)' is not a pool's scheme: use stratum+tcp, stratum+tls, daemon+http or daemon+https"
        case .stratumV2:
            "Stratum V2 is not spoken: run a translator proxy, and give its stratum+tcp address"
        case .missingPort(let text): "'\(text)' has no port: write HOST:PORT"
        case .badPort(let text):
            "\(text.map { "'\($0)'" } ?? "what follows the host") is not a port; a port is a number from 1 to 65535"
        case .badHost(let text): "'\(text)' is not a host name or address"
        case .unbracketed(let text): "'\(text)': write an IPv6 address in brackets, [ADDRESS]:PORT"
        case .path(let text, false): "'\(text)': a pool's URL ends after the port"
        case .path(let text, true): "'\(text)': what follows the port is not a path"
        case .several: "give each pool after a flag of its own: -o H:P -o H:P"
        case .hiddenService(let url):
            "\(url): DNS is not asked for such a name; --proxy is needed, as in --proxy socks5://127.0.0.1:9050 for Tor"
        case .credentials: "a pool's URL must not hold credentials: use -u and -p"
        case .wrongKind(let url): url.isNode ? "\(url) is a node, not a pool" : "\(url) is a pool, not a node"
        case .fingerprintWithoutTLS(let url):
            "\(url) does not use TLS, so its certificate's fingerprint would never be checked"
        case .zmqWithoutNode(let url): "\(url) is a pool: ZMQ is for daemon+http"
        case .zmqWithoutMonero(let url): "\(url): ZMQ is for monerod; bitcoind and litecoind announce blocks without it"
        case .onlyForBitcoinNodes(let flag, let url):
            "\(flag) is for bitcoind and litecoind: \(url) must be a daemon+http URL with -a sha256d or -a scrypt"
        case .twoLogins: "a USER:PASS after -p and --rpc-cookie are two logins: give one of them"
        case .badAddress(let reason): reason
        case .longCoinbaseText(let bytes, let limit):
            "the coinbase text has \(bytes) bytes; at most \(limit) fit into a block"
        }
    }
}
