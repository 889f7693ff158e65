import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Each connection's handlers, and what serves its requests.
///
/// Hummingbird's `HTTP1Channel` has no room for handlers before the HTTP parser, where a client's bytes are timed, and
/// none before the conversion that drops the authority of an absolute target.
package struct APIChannel: HTTPChannelHandler {
    package typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    package let responder: HTTPChannelHandler.Responder
    let times: RequestProgress.Times
    let connections: ConnectionTable

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let number = connections.add(channel)
            try Self.addHandlers(
                to: channel, RequestProgress(times) { [connections] in connections.set(number, isServed: $0) })
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    package func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }

    /// Everything between the socket and the requests.
    package static func addHandlers(to channel: any Channel, _ progress: RequestProgress) throws {
        let pipeline = channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 16 << 10
        limits.maxHeaderFieldCount = 100
        try pipeline.addHandlers([UnsentBytes(), ByteWatch(progress)])
        // Requests that are sent ahead wait in the asynchronous channel, which reads no more while 5 of them wait. Errors
        // are answered by ``handle(value:logger:)``.
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try pipeline.addHandlers([HeadRules(), HTTP1ToHTTPServerCodec(secure: false)])
        try pipeline.addHandlers([RequestWatch(progress), GuardHeaders()])
    }
}
