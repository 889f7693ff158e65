/// A D-Bus method call whose arguments are texts.
///
/// The format is the D-Bus Specification's, "Message Format". Numbers are little-endian here.
package struct BusCall: Sendable, Hashable {
    let destination: String
    let path: String
    let interface: String
    let member: String
    var arguments: [String] = []

    /// The whole message.
    func bytes(serial: UInt32) -> [UInt8] {
        var body = BusWriter()
        for argument in arguments { body.text(argument) }
        var message = BusWriter()
        // Little-endian; a method call; no program is started to answer it; version 1 of the protocol.
        message.bytes = [UInt8(ascii: "l"), 1, 2, 1]
        message.number(UInt32(body.bytes.count))
        message.number(serial)
        var fields = BusWriter()
        fields.field(1, "o", path)
        fields.field(2, "s", interface)
        fields.field(3, "s", member)
        fields.field(6, "s", destination)
        if !arguments.isEmpty { fields.signatureField(String(repeating: "s", count: arguments.count)) }
        message.number(UInt32(fields.bytes.count))
        message.bytes += fields.bytes
        message.pad(to: 8)
        return message.bytes + body.bytes
    }
}

/// Writes D-Bus values. Every value starts at a multiple of its size, counted from the writer's first byte. The header's
/// fields start 16 bytes into a message, so that a writer of their own aligns them too.
private struct BusWriter {
    var bytes: [UInt8] = []

    mutating func pad(to size: Int) { while bytes.count % size != 0 { bytes.append(0) } }

    mutating func number(_ value: UInt32) {
        pad(to: 4)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func text(_ text: String) {
        number(UInt32(text.utf8.count))
        bytes += Array(text.utf8) + [0]
    }

    private mutating func signature(_ types: String) { bytes += [UInt8(types.utf8.count)] + Array(types.utf8) + [0] }

    mutating func field(_ code: UInt8, _ type: String, _ value: String) {
        pad(to: 8)
        bytes.append(code)
        signature(type)
        text(value)
    }

    mutating func signatureField(_ types: String) {
        pad(to: 8)
        bytes.append(8)
        signature("g")
        signature(types)
    }
}
