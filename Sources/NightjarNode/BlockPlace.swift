import NightjarWire

/// Where a block stands.
package enum BlockPlace: Sendable, Hashable {
    case mainChain
    /// On a side chain, or nowhere: why it is not on the main chain.
    case elsewhere(reason: OutsideText)
}
