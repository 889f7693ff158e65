import NightjarCore

/// One pool language: its logins, jobs, shares, answers, errors and keepalives.
///
/// A value without sockets, timers or locks. Lines and questions go in, effects come out, and a ``LineSession`` carries
/// them out in order. One value serves one connection at a time. ``begin()`` makes it ready for the next connection;
/// what outlives a connection stays in it.
///
/// A dialect numbers its own requests. It also gives each job its identity: a job that the pool repeats, even after a
/// reconnect, keeps its identity.
package protocol Dialect: Sendable {
    /// Begins a new connection, and returns what to send first. Several requests may go out in a row; their answers may
    /// come in any order.
    mutating func begin() -> [DialectEffect]

    /// Takes one line, without its end.
    mutating func take(_ line: [UInt8]) -> [DialectEffect]

    /// Makes the request for a share.
    mutating func submit(_ share: Share) -> Submission

    /// A job has gone to the miner, and shares for it may come. When the pool floods jobs, only some go to the miner.
    mutating func handedOn(_ job: JobID)

    /// Called at intervals after login. Returns what keeps a pool from dropping a quiet miner, if the pool needs
    /// anything.
    mutating func keepalive() -> [DialectEffect]

    /// A request that was sent with ``DialectEffect/ask(_:_:within:)`` had no answer before its deadline.
    mutating func unanswered(_ request: UInt64) -> [DialectEffect]
}

extension Dialect {
    package mutating func keepalive() -> [DialectEffect] { [] }
    package mutating func unanswered(_ request: UInt64) -> [DialectEffect] { [] }
}

/// What a ``Dialect`` wants a session to do. Lines include their ends; reasons may hold the pool's text.
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
    case job(UpstreamJob)
    /// The answer to the request with this number; some pools answer without a number. When the request was a share's,
    /// this is how the share ends.
    case answer(to: UInt64?, ShareOutcome)
    /// A job or message is refused by name, and the session goes on.
    case refused(reason: String)
    /// The pool asks the miner to reconnect, to this host and port where it names them.
    case reconnect(host: String?, port: Int?)
    /// The session is over.
    case end(reason: String)
}

/// How a share is sent.
package enum Submission: Sendable, Hashable {
    /// Send the request with this number, and wait for its answer.
    case request(UInt64, [UInt8])
    /// The share cannot be sent; it ends like this.
    case over(ShareOutcome)
}
