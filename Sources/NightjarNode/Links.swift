import NightjarWire

// This is not in the wire, which knows only pools: a list of upstreams may name pools and nodes.

extension PoolSettings {
    /// The upstream for these settings. It can be tried once, or again and again in a ``PoolGroup``.
    ///
    /// - Parameter options: the options of all pools. NiceHash mode and keepalives are on when either place asks for
    ///   them; this pool's algorithm overrides the common one.
    /// - Throws: ``PoolURLError`` for settings that contradict each other.
    package func link(options: UpstreamOptions) throws(PoolURLError) -> any UpstreamLink {
        guard fingerprint == nil || url.isSecure else { throw .fingerprintWithoutTLS(url) }
        guard zmq == nil || url.isNode else { throw .zmqWithoutNode(url) }
        guard rpcCookie == nil || url.isNode else { throw .onlyForBitcoinNodes("--rpc-cookie", url) }
        guard coinbaseText == nil || url.isNode else { throw .onlyForBitcoinNodes("--coinbase-text", url) }
        guard proxy ?? options.proxy != nil || ![url, zmq].contains(where: { $0?.isHiddenService == true }) else {
            throw .hiddenService(url)
        }
        if let proxy { options.secrets.add(proxy.secrets) }
        if url.isNode { return try NodeClient(self, options: options) }
        return try StratumClient(self, options: options)
    }
}

extension PoolGroup {
    /// A group of pools and nodes, each with its own settings.
    ///
    /// - Parameter pools: at least one; an empty list traps.
    /// - Throws: ``PoolURLError`` for settings that contradict each other.
    package convenience init(pools: [PoolSettings], options: UpstreamOptions) throws(PoolURLError) {
        self.init(
            try Self.links(pools, options: options), backoff: options.backoff, returning: options.returning,
            farewell: options.farewell)
    }

    /// A group of pools and nodes with one login for all.
    ///
    /// - Parameter urls: at least one; an empty list traps.
    /// - Throws: ``PoolURLError``.
    package convenience init(urls: [PoolURL], login: Login, options: UpstreamOptions) throws(PoolURLError) {
        let pools = urls.map { PoolSettings(url: $0, user: login.user, password: login.password, rigID: login.rigID) }
        try self.init(pools: pools, options: options)
    }

    /// The links for a list of settings, for ``replace(_:)``.
    package static func links(_ pools: [PoolSettings], options: UpstreamOptions) throws(PoolURLError)
        -> [any UpstreamLink]
    {
        var links: [any UpstreamLink] = []
        for pool in pools { links.append(try pool.link(options: options)) }
        return links
    }
}
