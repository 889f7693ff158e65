import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Adds to every answer, also to those that refuse a malformed request, the headers that keep a browser from harm: it
/// must not guess types, must not keep or frame answers, gives them to no other site, and runs only the embedded files.
final class GuardHeaders: ChannelOutboundHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        if head.headerFields[.cacheControl] == nil { head.headerFields[.cacheControl] = "no-store" }
        for (name, value) in Self.fields { head.headerFields[name] = value }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].joined(separator: "; ")

    private static let fields: [(HTTPField.Name, String)] = [
        ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}
