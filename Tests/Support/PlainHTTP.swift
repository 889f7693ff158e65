import Foundation
import Glibc

/// HTTP to servers on this machine, over plain sockets: enough for a test, and no networking library.
public enum PlainHTTP {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }

    private static func socketDescriptor() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "socket: errno \(errno)") }
        return descriptor
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
    }

    /// Sends a request to a server on 127.0.0.1, and returns the answer's body.
    public static func exchange(port: Int, _ request: String) async throws -> Data {
        // Blocks, and so not on a thread of Swift's tasks, of which there are few.
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Data, any Error>) in
            DispatchQueue.global().async { done.resume(with: Result { try blockingExchange(port: port, request) }) }
        }
    }

    private static func blockingExchange(port: Int, _ request: String) throws -> Data {
        let descriptor = try socketDescriptor()
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard withAddress(port, { connect(descriptor, $0, $1) }) == 0 else {
            throw Failure(description: "connect: errno \(errno)")
        }
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(description: "send: errno \(errno)")
        }
        // The node keeps the connection: its answer ends where its length says.
        var answer = Data()
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let end = answer.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self).lowercased()
                let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) }
                guard let length else { throw Failure(description: "an answer without a length") }
                let body = answer[end.upperBound...]
                if body.count >= length { return Data(body.prefix(length)) }
            }
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Failure(description: "recv: \(count), errno \(errno)") }
            answer.append(contentsOf: buffer[..<count])
        }
    }

    /// Ports that are free at the moment, all different.
    public static func freePorts(_ count: Int) throws -> [Int] {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        return try (0..<count).map { _ in
            let descriptor = try socketDescriptor()
            descriptors.append(descriptor)
            guard withAddress(0, { bind(descriptor, $0, $1) }) == 0 else {
                throw Failure(description: "bind: errno \(errno)")
            }
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let got = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            }
            guard got == 0 else { throw Failure(description: "getsockname: errno \(errno)") }
            return Int(in_port_t(bigEndian: address.sin_port))
        }
    }
}
