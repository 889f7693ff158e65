/// A message from the bus: an answer, an error, or something that was not asked for.
package struct BusMessage: Sendable, Hashable {
    /// Bytes of the longest message that is read. The answers of interest have fewer than a hundred.
    static let limit = 64 * 1024

    /// 2 is an answer and 3 an error.
    let type: UInt8
    /// The serial of the call that it answers.
    let answers: UInt32?
    private let errorName: String?
    private let signature: String
    private let body: BusReader

    /// - Returns: the size of the message that begins with these bytes; `nil` while they are too few to tell.
    /// - Throws: ``BusError`` for bytes that begin no message, or too long a one.
    package static func size(_ bytes: [UInt8]) throws(BusError) -> Int? {
        guard bytes.count >= 16 else { return nil }
        guard var reader = BusReader(header: bytes), let body = reader.number(at: 4), let fields = reader.number(at: 12)
        else { throw BusError("the bus sent what is no message") }
        // Both are below 2³², and their sum fits.
        let size = (16 + Int(fields) + 7) / 8 * 8 + Int(body)
        guard size <= limit else { throw BusError("the bus sent a message of \(size) bytes") }
        return size
    }

    /// Reads a whole message; `nil` when it is malformed.
    package init?(_ bytes: [UInt8]) {
        guard var reader = BusReader(header: bytes), let length = reader.number(at: 12) else { return nil }
        type = bytes[1]
        var (answers, errorName, signature): (UInt32?, String?, String) = (nil, nil, "")
        let end = 16 + Int(length)
        guard end <= bytes.count else { return nil }
        reader.place = 16
        while reader.place < end {
            reader.align(8)
            guard let code = reader.byte(), let type = reader.signature() else { return nil }
            switch type {
            case "s", "o":
                guard let text = reader.text() else { return nil }
                if code == 4 { errorName = text }
            case "g":
                guard let text = reader.signature() else { return nil }
                if code == 8 { signature = text }
            case "u":
                guard let number = reader.number() else { return nil }
                if code == 5 { answers = number }
            // The specification has no field of another type.
            default: return nil
            }
        }
        reader.align(8)
        (self.answers, self.errorName, self.signature) = (answers, errorName, signature)
        body = reader
    }

    /// Whether it is true or false, for an answer that holds a property of that type.
    package var property: Bool? {
        var reader = body
        guard signature == "v", reader.signature() == "b" else { return nil }
        return reader.number().map { $0 != 0 }
    }

    /// The name of an error, and the words that came with it.
    package var fault: String {
        var reader = body
        let words = signature.hasPrefix("s") ? reader.text() : nil
        return [errorName, words].compactMap { $0 }.joined(separator: ": ")
    }
}

/// Reads D-Bus values from a message. It never reads behind the message's end.
private struct BusReader: Sendable, Hashable {
    private let bytes: [UInt8]
    private let isBigEndian: Bool
    var place = 0

    /// - Parameter bytes: begin with a message's header of 16 bytes.
    init?(header bytes: [UInt8]) {
        guard bytes.count >= 16, bytes[3] == 1 else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "l"): isBigEndian = false
        case UInt8(ascii: "B"): isBigEndian = true
        default: return nil
        }
        self.bytes = bytes
    }

    mutating func align(_ size: Int) { place = (place + size - 1) / size * size }

    mutating func byte() -> UInt8? {
        guard place < bytes.count else { return nil }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func number(at place: Int) -> UInt32? {
        self.place = place
        return number()
    }

    mutating func number() -> UInt32? {
        align(4)
        guard place + 4 <= bytes.count else { return nil }
        defer { place += 4 }
        let four = bytes[place..<place + 4]
        return (isBigEndian ? Array(four) : four.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func text() -> String? { number().flatMap { take(Int($0)) } }

    mutating func signature() -> String? { byte().flatMap { take(Int($0)) } }

    /// A text of so many bytes, and the zero behind it.
    private mutating func take(_ count: Int) -> String? {
        guard place + count < bytes.count else { return nil }
        defer { place += count + 1 }
        return String(decoding: bytes[place..<place + count], as: UTF8.self)
    }
}
