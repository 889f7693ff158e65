import NightjarCore

/// One pool language: what is said at login, in jobs, shares, answers, errors and keepalives.
///
/// A value without sockets, timers or locks. Lines and questions go in, effects come out, and a ``LineSession`` carries
/// them out in order. One value serves one connection at a time; ``begin()`` makes it ready for the next one, and lets
/// it keep what outlives a connection.
///
/// A dialect numbers its own requests. It mints the identities of its jobs: a job that the pool repeats, after a
/// reconnect too, is the same job again.
package protocol Dialect: Sendable {
    /// A new connection is there: what to send first. Several requests may go out in a row, answers come in any order.
    mutating func begin() -> [DialectEffect]

    /// Takes one line, without its end.
    mutating func take(_ line: [UInt8]) -> [DialectEffect]

    /// A share is to be sent.
    mutating func submit(_ share: Share) -> Submission

    /// A job has gone to the miner, and shares for it may come. Of a flood of jobs, only some go there.
    mutating func handedOn(_ job: JobID)

    /// Some time has passed since login or since this was last asked for: what keeps a pool from giving up a quiet
    /// miner, if anything.
    mutating func keepalive() -> [DialectEffect]

    /// A request that was sent with ``DialectEffect/ask(_:_:within:)`` had no answer in its time.
    mutating func unanswered(_ request: UInt64) -> [DialectEffect]
}

extension Dialect {
    package mutating func keepalive() -> [DialectEffect] { [] }
    package mutating func unanswered(_ request: UInt64) -> [DialectEffect] { [] }
}

/// What a ``Dialect`` wants done. Lines have their ends; reasons may hold text of the pool's.
package enum DialectEffect: Sendable, Hashable {
    /// Send a line, and wait for nothing: an answer to the pool's own request, or a request whose answer may be missing.
    case send([UInt8])
    /// Send a request of this number. Without an answer in time the dialect is told, and decides.
    case ask(UInt64, [UInt8], within: Duration)
    /// Send a line that the pool is to answer with anything at all.
    case probe([UInt8])
    /// Logged in.
    case connected
    /// New work, replacing all earlier work.
    case job(UpstreamJob)
    /// The answer to the request of this number, and how it ends a share if it was one's; some pools answer without a
    /// number.
    case answer(to: UInt64?, ShareOutcome)
    /// A job or message is refused by name, and the session goes on.
    case refused(reason: String)
    /// The pool wants to be connected to anew: the host, unless it names none, and the port.
    case reconnect(host: String?, port: Int?)
    /// The session is over.
    case end(reason: String)
}

/// What becomes of a share that is to be sent.
package enum Submission: Sendable, Hashable {
    /// Send the request of this number, and wait for its answer.
    case request(UInt64, [UInt8])
    /// It can't be sent.
    case over(ShareOutcome)
}
