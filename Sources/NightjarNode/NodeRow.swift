import NightjarCore
import NightjarWire

/// One node language: a row of ``NodeDialects``.
package struct NodeRow: Sendable {
    /// Gets the security of a request's connection.
    package typealias Secured = @Sendable (ConnectionSecurity) -> Void

    /// Whether nodes for this algorithm speak it.
    package let serves: @Sendable (Algorithm) -> Bool
    /// The dialect for a node with these settings, which are merged into the options already. It throws for settings
    /// that cannot work at any node.
    package let dialect:
        @Sendable (PoolSettings, UpstreamOptions, @escaping Secured) throws(PoolURLError) -> any NodeDialect

    package init(
        serves: @escaping @Sendable (Algorithm) -> Bool,
        dialect:
            @escaping @Sendable (PoolSettings, UpstreamOptions, @escaping Secured) throws(PoolURLError) ->
            any NodeDialect
    ) {
        self.serves = serves
        self.dialect = dialect
    }
}
