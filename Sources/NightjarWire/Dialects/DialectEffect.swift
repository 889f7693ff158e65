import NightjarCore

/// What a ``Dialect`` wants a session to do. Lines include their ends; words may repeat the pool's.
package enum DialectEffect: Sendable, Hashable {
    /// Send a line, and wait for nothing: an answer to the pool's own request, or a request whose answer may be missing.
    case send([UInt8])
    /// Send a request with this number. When no answer comes in time, ``Dialect/unanswered(_:)`` decides what to do.
    case ask(UInt64, [UInt8], within: Duration)
    /// Send a line that the pool must answer with any line.
    case probe([UInt8])
    /// Logged in.
    case connected
    /// New work, replacing all earlier work.
    case job(DialectJob)
    /// The answer to the request with this number; some pools answer without a number. When the request was a share's,
    /// this is how the share ends.
    case answer(to: UInt64?, ShareEnd<OutsideText>)
    /// A job or message is refused by name, and the session goes on.
    case refused(reason: OutsideText)
    /// The pool asks the miner to reconnect, to this host and port where it names them.
    case reconnect(host: String?, port: Int?)
    /// The session is over.
    case end(reason: OutsideText)
}
