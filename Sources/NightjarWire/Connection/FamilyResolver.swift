import Dispatch
import Glibc
import NIOCore
import NIOPosix

/// The addresses of a name by the system's resolver, of one family alone.
///
/// NIO's own resolver asks for both and lets no caller leave one out.
struct FamilyResolver: Resolver, Sendable {
    private struct Failure: Error, CustomStringConvertible { let description: String }

    let loop: any EventLoop
    let family: IPFamily

    private static let queue = DispatchQueue(label: "names", attributes: .concurrent)

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        family == .v4 ? ask(host, port, AF_INET) : loop.makeSucceededFuture([])
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        family == .v6 ? ask(host, port, AF_INET6) : loop.makeSucceededFuture([])
    }

    func cancelQueries() {}

    private func ask(_ host: String, _ port: Int, _ family: Int32) -> EventLoopFuture<[SocketAddress]> {
        let promise = loop.makePromise(of: [SocketAddress].self)
        Self.queue.async { promise.completeWith(Result { try Self.addresses(host, port, family) }) }
        return promise.futureResult
    }

    private static func addresses(_ host: String, _ port: Int, _ family: Int32) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw Failure(description: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr {
                if family == AF_INET {
                    found.append(
                        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) })
                } else {
                    found.append(
                        address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) })
                }
            }
            next = entry.pointee.ai_next
        }
        return found
    }
}
