import NightjarWire

// Here and not in the wire, which knows pools alone: a list of upstreams may name both.

extension PoolSettings {
    /// The upstream that it describes, to be tried once or, in a ``PoolGroup``, again and again.
    ///
    /// - Parameter options: what is common to all pools. NiceHash mode and keepalives may be asked for here or there;
    ///   an algorithm of this pool's goes before the common one.
    /// - Throws: ``PoolURLError`` for settings that contradict each other.
    package func link(options: UpstreamOptions) throws(PoolURLError) -> any UpstreamLink {
        guard fingerprint == nil || url.isSecure else { throw .fingerprintWithoutTLS(url) }
        guard zmq == nil || url.isNode else { throw .zmqWithoutNode(url) }
        if url.isNode { return try NodeClient(self, options: options) }
        return try StratumClient(self, options: options)
    }
}

extension PoolGroup {
    /// A group of pools and nodes, each with settings of its own.
    ///
    /// - Parameter pools: at least one; a programmer's error otherwise.
    /// - Throws: ``PoolURLError`` for settings that contradict each other.
    package convenience init(pools: [PoolSettings], options: UpstreamOptions) throws(PoolURLError) {
        self.init(
            try Self.links(pools, options: options), backoff: options.backoff, returning: options.returning,
            farewell: options.farewell)
    }

    /// A group of pools and nodes with one login for all.
    ///
    /// - Parameter urls: at least one; a programmer's error otherwise.
    /// - Throws: ``PoolURLError``.
    package convenience init(urls: [PoolURL], login: Login, options: UpstreamOptions) throws(PoolURLError) {
        let pools = urls.map { PoolSettings(url: $0, user: login.user, password: login.password, rigID: login.rigID) }
        try self.init(pools: pools, options: options)
    }

    /// The links that a list of settings describes, for ``replace(_:)``.
    package static func links(_ pools: [PoolSettings], options: UpstreamOptions) throws(PoolURLError)
        -> [any UpstreamLink]
    {
        var links: [any UpstreamLink] = []
        for pool in pools { links.append(try pool.link(options: options)) }
        return links
    }
}
