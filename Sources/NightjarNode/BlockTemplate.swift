import NightjarCore
import NightjarWire

/// A block to mine.
package protocol BlockTemplate: Sendable {
    var job: UpstreamJob { get }
    var height: UInt64 { get }
    /// The previous block's id, as the node writes it.
    var previousHash: String { get }
    /// How many bytes the block has.
    var size: Int { get }

    /// The block that a share completes, ready to submit; `nil` when the share is not of this template.
    func block(of share: Share) -> [UInt8]?

    /// That block's id, as the node writes it.
    func id(of share: Share) -> String
}
