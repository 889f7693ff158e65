import NightjarCore

/// All settings of one pool or node, from flags or a configuration file.
///
/// The description holds no password.
package struct PoolSettings: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Its protocol, host and port.
    package var url: PoolURL
    /// The pool's user; for a node, the wallet address that blocks pay.
    package var user: String
    /// The pool's password; for a node with `--rpc-login`, `USER:PASS`.
    package var password: String
    /// This machine's name in the pool's statistics.
    package var rigID: String?
    /// The one certificate that the server may show; `nil` means any certificate that the system's authorities accept.
    package var fingerprint: CertificatePin?
    /// The pool fixes the nonce's highest byte, even where its jobs do not show it.
    package var niceHash: Bool
    /// Sends keepalives also to pools that did not announce them.
    package var keepalive: Bool
    /// The algorithm to mine here; `nil` takes each job's own.
    package var algorithm: Algorithm?
    /// Where the node publishes new blocks (`monerod --zmq-pub`); `nil` only polls.
    package var zmq: PoolURL?
    /// The difficulty that a Bitcoin pool is asked for, in its own unit.
    package var suggestedDifficulty: Double?
    /// How much easier a Bitcoin pool's difficulty 1 is than Bitcoin's; `nil` for what is usual for the algorithm.
    package var difficultyFactor: Double?
    /// The file with the login for a Bitcoin or Litecoin node's RPC, which the node writes anew at each start.
    package var rpcCookie: String?
    /// A text for the coinbase of blocks that are mined at a Bitcoin or Litecoin node.
    package var coinbaseText: String?
    /// The proxy through which the connections go.
    package var proxy: SOCKSProxy?
    /// The only family of addresses to connect to; `nil` for both.
    package var family: IPFamily?
    /// For how many seconds the pool should stay with an algorithm that it has chosen; `nil` leaves it to the pool.
    package var algorithmTime: Int?
    /// What the pool is told of the program, in place of the common name.
    package var agent: String?

    package init(
        url: PoolURL, user: String, password: String = "x", rigID: String? = nil, fingerprint: CertificatePin? = nil,
        niceHash: Bool = false, keepalive: Bool = false, algorithm: Algorithm? = nil, zmq: PoolURL? = nil,
        suggestedDifficulty: Double? = nil, difficultyFactor: Double? = nil,
        rpcCookie: String? = nil, coinbaseText: String? = nil
    ) {
        self.url = url
        self.user = user
        self.password = password
        self.rigID = rigID
        self.fingerprint = fingerprint
        self.niceHash = niceHash
        self.keepalive = keepalive
        self.algorithm = algorithm
        self.zmq = zmq
        self.suggestedDifficulty = suggestedDifficulty
        self.difficultyFactor = difficultyFactor
        self.rpcCookie = rpcCookie
        self.coinbaseText = coinbaseText
    }

    /// Whether a text that should be the path of a cookie file is the login that such a file holds. A path may hold a
    /// colon only with a slash.
    package static func isLogin(_ text: String) -> Bool { text.contains(":") && !text.contains("/") }

    /// Reads the `zmq` setting: `HOST:PORT`, `tcp://HOST:PORT`, or a port on the node's own host.
    package static func zmq(_ text: String, of node: PoolURL) throws(PoolURLError) -> PoolURL {
        var text = text[...]
        if text.lowercased().hasPrefix("tcp://") { text = text.dropFirst(6) }
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            let host = node.host.contains(":") ? "[\(node.host)]" : node.host
            return try PoolURL("\(host):\(text)")
        }
        return try PoolURL(String(text))
    }

    package var description: String { "\(url)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["url": url]) }

    /// The common options, overridden by this pool's own.
    package func merged(into options: UpstreamOptions) -> UpstreamOptions {
        var options = options
        options.niceHash = options.niceHash || niceHash
        options.keepalive = options.keepalive || keepalive
        options.proxy = proxy ?? options.proxy
        options.family = family ?? options.family
        options.agent = agent ?? options.agent
        options.algorithmTime = algorithmTime ?? options.algorithmTime
        if let algorithm {
            options.algorithm = algorithm
            if options.algorithms.contains(algorithm) { options.algorithms = [algorithm] }
        }
        return options
    }

    /// Equal for two links that would connect, log in and mine alike. It is a digest because the password is part of
    /// it.
    package func identity(_ options: UpstreamOptions) -> String {
        let merged = merged(into: options)
        let rates = merged.measured.map { "\($0.key) \($0.value)" }.sorted()
        let parts: [String] = [
            url.description, url.path, user, password, rigID ?? "\0", fingerprint?.description ?? "",
            zmq?.description ?? "",
            "\(merged.niceHash) \(merged.keepalive) \(suggestedDifficulty ?? 0) \(difficultyFactor ?? 0)",
            rpcCookie ?? "\0", coinbaseText ?? "\0", merged.algorithm?.name ?? "", merged.agent,
            merged.proxy?.description ?? "", merged.proxy?.login?.user ?? "", merged.proxy?.login?.password ?? "",
            merged.algorithms.map(\.name).joined(separator: " "), merged.family?.rawValue ?? "",
            rates.joined(separator: " "), merged.algorithmTime.map { "\($0)" } ?? "",
        ]
        // Each text has its length before it, so that two lists of texts never look the same.
        let text = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return Hex.encode(BlockID.keccak256(Array(text.utf8)))
    }

}
