/// ZMTP 3.0 (rfc.zeromq.org/spec/23), only as much as a subscriber without security (mechanism NULL) needs.
package enum ZMTP {
    /// Both ends send this greeting first: signature, version 3.0, mechanism, as-server flag (0), filler.
    package static let greeting: [UInt8] =
        [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F, 3, 0] + mechanism + [UInt8](repeating: 0, count: 32)

    static let mechanism = Array("NULL".utf8) + [UInt8](repeating: 0, count: 16)
    static let greetingLength = 64

    /// The most bytes of a frame. A node's notice has 67 bytes for each new block.
    package static let maximumLength = 1 << 20

    /// A part of a message, or a command.
    package struct Frame: Sendable, Hashable {
        package let isCommand: Bool
        /// Another part of the same message follows.
        package let hasMore: Bool
        package let body: [UInt8]

        package init(isCommand: Bool = false, hasMore: Bool = false, body: [UInt8]) {
            self.isCommand = isCommand
            self.hasMore = hasMore
            self.body = body
        }

        /// The frame's bytes on the wire.
        package var bytes: [UInt8] {
            let flags: UInt8 = (hasMore ? 1 : 0) | (isCommand ? 4 : 0)
            if body.count < 256 { return [flags, UInt8(body.count)] + body }
            return [flags | 2] + (0..<8).map { UInt8(truncatingIfNeeded: UInt64(body.count) >> UInt64(56 - 8 * $0)) }
                + body
        }

        /// A command's name and the bytes after it; `nil` for a malformed command.
        package var command: (name: String, rest: ArraySlice<UInt8>)? {
            guard isCommand, let length = body.first.map({ Int($0) }), length > 0, body.count > length else {
                return nil
            }
            return (String(decoding: body[1...length], as: UTF8.self), body[(1 + length)...])
        }
    }

    /// Makes a command.
    static func command(_ name: String, _ rest: [UInt8] = []) -> Frame {
        Frame(isCommand: true, body: [UInt8(name.utf8.count)] + Array(name.utf8) + rest)
    }

    /// `READY`, with the socket's type as its one property.
    package static func ready(socketType: String) -> Frame {
        let name = "Socket-Type"
        return command(
            "READY",
            [UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, UInt8(socketType.utf8.count)]
                + Array(socketType.utf8))
    }

    /// Asks for all messages that begin with `topic`.
    package static func subscription(_ topic: String) -> Frame { Frame(body: [1] + Array(topic.utf8)) }

    /// Cuts a stream into the greeting and frames. The stream may arrive in any pieces.
    package struct FrameReader: Sendable {
        private var pending: [UInt8] = []
        /// Whether the other end's greeting has come and is valid.
        package private(set) var isGreeted = false

        package init() {}

        /// Takes the next bytes, and returns the frames that they complete, in order.
        package mutating func push(_ bytes: some Sequence<UInt8>) throws(ZMTPError) -> [Frame] {
            pending.append(contentsOf: bytes)
            var at = 0
            defer { pending.removeFirst(at) }
            if !isGreeted {
                // Check the signature as early as possible: a peer with another protocol may never send 64 bytes.
                guard pending.first ?? 0xFF == 0xFF, pending.count < 10 || pending[9] == 0x7F else { throw .noZMTP }
                guard pending.count < 11 || pending[10] >= 3 else { throw .version(pending[10]) }
                guard pending.count >= greetingLength else { return [] }
                guard Array(pending[12..<32]) == mechanism else { throw .mechanism }
                isGreeted = true
                at = greetingLength
            }
            var frames: [Frame] = []
            while at < pending.count {
                let flags = pending[at]
                guard flags & ~7 == 0, flags & 5 != 5 else { throw .flags(flags) }
                let header = flags & 2 != 0 ? 9 : 2
                guard pending.count - at >= header else { return frames }
                let length = pending[(at + 1)..<(at + header)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard length <= UInt64(maximumLength) else { throw .tooLong(length) }
                guard pending.count - at - header >= Int(length) else { return frames }
                let body = Array(pending[(at + header)..<(at + header + Int(length))])
                frames.append(Frame(isCommand: flags & 4 != 0, hasMore: flags & 1 != 0, body: body))
                at += header + Int(length)
            }
            return frames
        }
    }
}
