import NIOCore

/// The request that hands in a block.
///
/// A block may have megabytes. Its hex digits are written into the request at once, and are no text before.
enum BlockRequest {
    private static let digits = Array("0123456789abcdef".utf8)

    /// - Parameter start: the request's JSON up to the block's digits, which are a text in a list, the request's last
    ///   member.
    static func body(_ start: String, _ block: [UInt8]) -> ByteBuffer {
        let end = "\"]}"
        var body = ByteBufferAllocator().buffer(capacity: start.utf8.count + 2 * block.count + end.utf8.count)
        body.writeString(start)
        body.writeWithUnsafeMutableBytes(minimumWritableBytes: 2 * block.count) { room in
            for (i, byte) in block.enumerated() {
                room[2 * i] = digits[Int(byte >> 4)]
                room[2 * i + 1] = digits[Int(byte & 15)]
            }
            return 2 * block.count
        }
        body.writeString(end)
        return body
    }
}
