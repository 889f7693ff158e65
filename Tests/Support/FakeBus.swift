import Foundation
import Glibc
import NightjarPlatform
import Synchronization

/// A system bus with logind behind it, for tests: a socket that logs a client in, greets it, and answers its calls.
package final class FakeBus: Sendable {
    /// What it answers to a call for a property.
    package enum Answer: Sendable {
        case idle(Bool)
        case bigEndian(Bool)
        /// A property that is a text.
        case text(String)
        case error(name: String, words: String)
        case bytes([UInt8])
        case nothing, end
    }

    package let path = NSTemporaryDirectory() + "nightjar-bus-\(UUID().uuidString.prefix(8))"
    private let answer: Locked<Answer>
    private let refuses: Bool
    private let listener: Int32
    private let counts = Locked((connections: 0, calls: 0))
    private let asked = Locked<[UInt8]>([])

    /// - Parameter refuses: takes no login.
    package init(_ answer: Answer, refuses: Bool = false) throws {
        self.answer = Locked(answer)
        self.refuses = refuses
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0, listen(listener, 8) == 0 else { throw WaitedInVain(description: "no socket at \(path)") }
        Thread.detachNewThread { [self, listener] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { break }
                counts.withLock { $0.connections += 1 }
                Thread.detachNewThread { [self] in
                    serve(client)
                    close(client)
                }
            }
            close(listener)
        }
    }

    /// Ends the listener; nothing is there any more.
    package func stop() {
        unlink(path)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    package func set(_ new: Answer) { answer.withLock { $0 = new } }

    package var connections: Int { counts.withLock { $0.connections } }
    package var calls: Int { counts.withLock { $0.calls } }

    /// The last call for a property, as text with a dot for each byte that is none.
    package var lastCall: String {
        String(decoding: asked.withLock { $0 }.map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }

    private func serve(_ client: Int32) {
        var received: [UInt8] = []
        func receive() -> Bool {
            var block = [UInt8](repeating: 0, count: 1024)
            let count = recv(client, &block, block.count, 0)
            if count > 0 { received += block[..<count] }
            return count > 0
        }
        func say(_ bytes: [UInt8]) { _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

        let begin = Array("BEGIN\r\n".utf8)
        while received.firstRange(of: begin) == nil { guard receive() else { return } }
        received.removeFirst(received.firstRange(of: begin)?.upperBound ?? 0)
        guard !refuses else { return say(Array("DATA\r\nREJECTED EXTERNAL\r\n".utf8)) }
        say(Array("DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n".utf8))
        while true {
            func number(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(received[place + $1]) << (8 * $1) } }
            while received.count < 16 { guard receive() else { return } }
            let size = (16 + number(12) + 7) / 8 * 8 + number(4)
            while received.count < size { guard receive() else { return } }
            let (call, serial) = (Array(received.prefix(size)), UInt32(number(8)))
            received.removeFirst(size)
            if call.firstRange(of: Array("Hello".utf8)) != nil {
                // The bus also tells a new client its name.
                say(Self.message(type: 4, serial: nil, signature: "s", body: Self.text(":1.7")))
                say(Self.message(type: 2, serial: serial, signature: "s", body: Self.text(":1.7")))
                continue
            }
            counts.withLock { $0.calls += 1 }
            asked.withLock { $0 = call }
            switch answer.withLock({ $0 }) {
            case .idle(let flag): say(Self.property(flag, serial: serial))
            case .bigEndian(let flag): say(Self.property(flag, serial: serial, isBig: true))
            case .text(let text):
                say(
                    Self.message(
                        type: 2, serial: serial, signature: "v", body: [1, UInt8(ascii: "s"), 0, 0] + Self.text(text)))
            case .error(let name, let words):
                say(Self.message(type: 3, serial: serial, error: name, signature: "s", body: Self.text(words)))
            case .bytes(let bytes): say(bytes)
            case .nothing: break
            case .end: return
            }
        }
    }

    /// An answer with a property that is true or false.
    package static func property(_ flag: Bool, serial: UInt32, isBig: Bool = false) -> [UInt8] {
        message(
            type: 2, serial: serial, signature: "v",
            body: [1, UInt8(ascii: "b"), 0, 0] + four(flag ? 1 : 0, isBig), isBig: isBig)
    }

    package static func message(
        type: UInt8, serial: UInt32?, error: String? = nil, signature: String, body: [UInt8], isBig: Bool = false
    ) -> [UInt8] {
        var fields: [UInt8] = []
        func field(_ code: UInt8, _ type: String, _ value: [UInt8]) {
            while fields.count % 8 != 0 { fields.append(0) }
            fields += [code, 1] + Array(type.utf8) + [0] + value
        }
        field(7, "s", text("org.freedesktop.DBus", isBig))
        if let serial { field(5, "u", four(serial, isBig)) }
        if let error { field(4, "s", text(error, isBig)) }
        field(8, "g", [UInt8(signature.utf8.count)] + Array(signature.utf8) + [0])
        var bytes = [UInt8(ascii: isBig ? "B" : "l"), type, 1, 1]
        bytes += four(UInt32(body.count), isBig) + four(99, isBig) + four(UInt32(fields.count), isBig) + fields
        while bytes.count % 8 != 0 { bytes.append(0) }
        return bytes + body
    }

    private static func four(_ value: UInt32, _ isBig: Bool) -> [UInt8] {
        withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian, Array.init)
    }

    private static func text(_ text: String, _ isBig: Bool = false) -> [UInt8] {
        four(UInt32(text.utf8.count), isBig) + Array(text.utf8) + [0]
    }
}
