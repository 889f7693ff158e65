import NightjarWire

/// What a ``NodeDialect`` tells its client about while it listens.
package struct NodeListener: Sendable {
    /// The newest template.
    let template: @Sendable () -> (any BlockTemplate)?
    /// There may be a new block. With a template, it is the one to mine next; without one, the node is polled.
    let news: @Sendable ((any BlockTemplate)?) -> Void
    /// It cannot listen.
    let trouble: @Sendable (OutsideText) -> Void
}
