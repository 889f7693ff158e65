import Foundation
import Glibc

/// An HTTP client that sends exactly the bytes it is told to, over a socket of its own.
///
/// On threads of its own, because a call that waits must not hold one of the few threads that the server's tasks run
/// on.
public struct WebClient: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    public struct Answer: Sendable, CustomStringConvertible {
        public let status: Int
        /// Names in lower case, in the order in which they came.
        public let headers: [(name: String, value: String)]
        public let body: [UInt8]

        public var text: String { String(decoding: body, as: UTF8.self) }
        public var description: String { "\(status) \(headers) \(text.prefix(400))" }

        public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

        public func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
        }
    }

    private let port: Int

    /// A client of a server on 127.0.0.1.
    public init(port: Int) { self.port = port }

    /// One request on a connection of its own.
    ///
    /// - Parameters:
    ///   - host: the value of `Host`; `nil` leaves it out.
    public func ask(
        _ method: String, _ path: String, host: String? = "127.0.0.1", headers: [String: String] = [:],
        body: [UInt8]? = nil
    ) async throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if let host { lines.append("Host: \(host)") }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { lines.append("\(name): \(value)") }
        if let body { lines.append("Content-Length: \(body.count)") }
        let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
        let answers = try await exchange(Array(head.utf8) + (body ?? []), answers: 1, hasBody: method != "HEAD")
        guard let answer = answers.first else { throw Failure(description: "\(method) \(path): no answer") }
        return answer
    }

    /// A request to read.
    public func ask(_ path: String, host: String? = "127.0.0.1", headers: [String: String] = [:]) async throws -> Answer
    {
        try await ask("GET", path, host: host, headers: headers)
    }

    /// Sends bytes, and reads so many answers, or fewer when the server closes before.
    public func exchange(_ bytes: [UInt8], answers count: Int, hasBody: Bool = true) async throws -> [Answer] {
        try await onThread {
            let connection = try Connection(port: port)
            connection.send(bytes)
            var answers: [Answer] = []
            while answers.count < count, let answer = try connection.answer(hasBody: hasBody) { answers.append(answer) }
            return answers
        }
    }

    /// Sends bytes, and returns all that comes until the server closes.
    public func untilClosed(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await onThread {
            let connection = try Connection(port: port)
            connection.send(bytes)
            while try connection.readMore() {}
            return connection.unread
        }
    }

    /// Reads until the server closes an open connection.
    public func awaitClose(of connection: Connection) async throws {
        try await onThread { while try connection.readMore() {} }
    }

    /// Opens a connection, sends bytes on it, and leaves it open until what is returned is let go of.
    ///
    /// - Parameters:
    ///   - ends: whether it then sends the end of what is sent.
    ///   - receiveBuffer: the bytes that the kernel keeps for it; `nil` leaves that to the kernel.
    public func open(
        sending bytes: [UInt8] = [], ends: Bool = false, receiveBuffer: Int32? = nil
    ) async throws -> Connection {
        try await onThread {
            let connection = try Connection(port: port, receiveBuffer: receiveBuffer)
            connection.send(bytes)
            if ends { connection.finish() }
            return connection
        }
    }

    /// Waits until something has come, and leaves it unread.
    public func awaitBytes(of connection: Connection) async throws {
        try await onThread { try connection.awaitBytes() }
    }

    /// Sends bytes, and breaks the connection off at once.
    public func reset(_ connection: Connection, after bytes: [UInt8]) async throws {
        try await onThread {
            connection.send(bytes)
            connection.reset()
        }
    }

    /// Sends bytes in these pieces, then the end of what is sent, and returns all that comes until the server closes.
    public func untilClosed(pieces: [[UInt8]]) async throws -> [UInt8] {
        try await onThread { try Self.untilClosed(port, pieces) }
    }

    /// The same on the calling thread, for many in a row.
    public static func untilClosed(_ port: Int, _ pieces: [[UInt8]]) throws -> [UInt8] {
        let connection = try Connection(port: port)
        for piece in pieces { connection.send(piece) }
        connection.finish()
        while try connection.readMore() {}
        return connection.unread
    }

    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// A connection. `@unchecked`: it is used by one thread at a time, the one of the call that it was made for.
    public final class Connection: @unchecked Sendable {
        private let descriptor: Int32
        fileprivate var unread: [UInt8] = []
        /// Whether it was broken off by the server, and not ended in order.
        public private(set) var wasReset = false

        /// How many bytes were read from it.
        public var unreadCount: Int { unread.count }

        fileprivate init(port: Int, receiveBuffer: Int32? = nil) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            if var receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
            }
            // Far more than any answer takes: a test that waits for one which never comes ends.
            var limit = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard code == 0 else { throw Failure(description: "connect: \(String(cString: strerror(errno)))") }
        }

        deinit { close(descriptor) }

        /// A peer that has closed already is no error: what it said before is read all the same.
        fileprivate func send(_ bytes: [UInt8]) {
            var done = 0
            while done < bytes.count {
                let count = bytes[done...].withUnsafeBytes { buffer in
                    Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                done += count
            }
        }

        fileprivate func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

        fileprivate func awaitBytes() throws {
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, Int32(MSG_PEEK)) == 1 else {
                throw Failure(description: "nothing came: \(String(cString: strerror(errno)))")
            }
        }

        /// Connecting to nowhere breaks a connection off: the descriptor stays valid.
        fileprivate func reset() {
            var nowhere = sockaddr(
                sa_family: sa_family_t(AF_UNSPEC), sa_data: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
            connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
        }

        /// - Returns: false once the server has closed, in order or not.
        fileprivate func readMore() throws -> Bool {
            var block = [UInt8](repeating: 0, count: 65536)
            let count = recv(descriptor, &block, block.count, 0)
            if count < 0 {
                guard errno == ECONNRESET else {
                    throw Failure(description: "recv: \(String(cString: strerror(errno)))")
                }
                wasReset = true
                return false
            }
            unread += block[..<count]
            return count > 0
        }

        fileprivate func answer(hasBody: Bool) throws -> Answer? {
            var end = Self.headEnd(unread)
            while end == nil {
                guard try readMore() else { return nil }
                end = Self.headEnd(unread)
            }
            guard let end else { return nil }
            let lines = String(decoding: unread[..<end], as: UTF8.self).components(separatedBy: "\r\n").filter {
                !$0.isEmpty
            }
            let words = lines.first?.split(separator: " ") ?? []
            guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
                throw Failure(description: "not an answer: \(lines)")
            }
            let headers = lines.dropFirst().map { line in
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return (
                    name: parts[0].lowercased(),
                    value: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                )
            }
            let length = hasBody ? headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0 : 0
            while unread.count < end + length {
                guard try readMore() else {
                    throw Failure(description: "\(unread.count - end) of \(length) bytes came")
                }
            }
            let body = Array(unread[end..<end + length])
            unread.removeFirst(end + length)
            return Answer(status: status, headers: headers, body: body)
        }

        /// Where the body begins.
        private static func headEnd(_ bytes: [UInt8]) -> Int? {
            guard bytes.count >= 4 else { return nil }
            return (0...bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }.map { $0 + 4 }
        }
    }
}
