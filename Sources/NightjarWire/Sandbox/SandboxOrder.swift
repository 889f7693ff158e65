import NightjarCore
import NightjarJSON

/// A ``SandboxPool``'s order for one job.
package struct SandboxOrder: Sendable {
    package let id: String
    package let algorithm: Algorithm
    /// The previous block's id: 32 bytes, the same for all connections at a height.
    package let previousID: [UInt8]
    package let height: UInt64
    package let seed: [UInt8]
    package let difficulty: Difficulty
}
