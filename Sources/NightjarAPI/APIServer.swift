import HTTPTypes
import HummingbirdCore
import NIOCore
import NightjarMiner
import NightjarPlatform
import NightjarWire

/// The HTTP API of a running miner, its metrics and its dashboard.
package final class APIServer: Sendable {
    /// The port on which it listens.
    package let port: Int
    private let host: String
    private let listener: Listener

    /// The URL for a browser.
    package var url: String {
        let shown = IPAddress(host).map { $0.isWildcard ? ($0.bytes.count == 4 ? "127.0.0.1" : "::1") : host } ?? host
        return "http://\(APIAddress.text(host: shown, port: port))/"
    }

    /// Starts to listen, and answers until ``stop()``.
    ///
    /// - Parameters:
    ///   - snapshot: gives the state to show; called for each request.
    ///   - control: the miner that is paused, resumed and stopped.
    /// - Throws: ``APIError`` that names the address and the reason.
    package static func start(
        _ options: APIOptions, snapshot: @escaping @Sendable () -> MinerSnapshot, control: any MinerControl
    ) async throws(APIError) -> APIServer {
        let address = options.address
        let machine = Machine.current()
        EventLoops.begin()
        let room = OpenFileLimit.room
        guard let places = options.places.within(room: room) else {
            throw APIError(
                "the API cannot listen on \(address): only \(room) more files can be opened; raise the limit (ulimit -n)"
            )
        }
        let responder = Responder(options: options, machine: machine, snapshot: snapshot, control: control)
        let http = APIChannel(
            responder: { request, writer, channel in
                let reply = await responder.respond(to: request, from: Visitor(channel))
                do {
                    try await writer.write(response: reply.head, body: reply.responseBody(to: request.method))
                } catch {
                    // The client has gone. The command was accepted all the same.
                    await reply.afterwards?()
                    throw error
                }
                await reply.afterwards?()
            }, times: options.times, connections: ConnectionTable(places))
        let listener: Listener
        do {
            listener = try await Listener.start(
                host: address.bound, port: address.port, http: http)
        } catch { throw failure(error, address) }
        responder.listens(on: listener.address?.ipAddress)
        return APIServer(port: listener.address?.port ?? address.port, host: address.host, listener: listener)
    }

    private init(port: Int, host: String, listener: Listener) {
        self.port = port
        self.host = host
        self.listener = listener
    }

    /// How many connections are open.
    package var connections: Int { listener.http.connections.count }

    /// Closes the listener and every connection, and waits until they are closed.
    package func stop() async { await listener.stop() }

    private static func failure(_ error: any Error, _ address: APIAddress) -> APIError {
        switch error {
        case let error as IOError: APIError("the API cannot listen on \(address): \(errorText(error.errnoCode))")
        case is SocketAddressError.UnknownHost: APIError("the API cannot listen on \(address): there is no such host")
        default: APIError("the API cannot listen on \(address): \(error)")
        }
    }
}
