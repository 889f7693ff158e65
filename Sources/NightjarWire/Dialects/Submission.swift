import NightjarCore

/// How a share is sent.
package enum Submission: Sendable, Hashable {
    /// Send the request with this number, and wait for its answer.
    case request(UInt64, [UInt8])
    /// The share cannot be sent; it ends like this.
    case over(ShareEnd<OutsideText>)
}
