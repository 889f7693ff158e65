/// Cuts a stream of bytes into lines. The stream may arrive in any pieces.
///
/// A line ends with `\n`; a `\r` before it is dropped, and empty lines are skipped.
package struct LineSplitter: Sendable {
    /// The most bytes that a line may have, without its end.
    package static let maximumLength = 16 * 1024

    private var pending: [UInt8] = []

    /// Set when a line passes the limit, whether it has ended or not. The stream cannot be read any further.
    package private(set) var fault: WireFault?

    package init() {}

    /// Whether a line has begun and not ended.
    package var isInLine: Bool { !pending.isEmpty }

    /// Takes the next bytes of the stream, and returns the lines that they complete, in order.
    ///
    /// Lines before a ``fault`` are still returned, so that the result does not depend on the pieces.
    package mutating func push(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        guard fault == nil else { return lines }
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
                if !pending.isEmpty { lines.append(pending) }
                pending.removeAll(keepingCapacity: true)
            } else {
                pending.append(byte)
                // One byte more than the limit is allowed for a `\r` that will be dropped.
                if pending.count > Self.maximumLength + (byte == UInt8(ascii: "\r") ? 1 : 0) {
                    fault = .lineTooLong
                    pending = []
                    return lines
                }
            }
        }
        return lines
    }
}
