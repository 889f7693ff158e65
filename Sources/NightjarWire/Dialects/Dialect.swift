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

    /// Asked when a connection is over: whether to connect once more without a wait, because ``begin()`` will then do
    /// something else.
    var triesAgain: Bool { get }

    /// Asked when a connection is over: whether the pool refused the user.
    var isRefused: Bool { get }
}

extension Dialect {
    package mutating func keepalive() -> [DialectEffect] { [] }
    package mutating func unanswered(_ request: UInt64) -> [DialectEffect] { [] }
    package var triesAgain: Bool { false }
    package var isRefused: Bool { false }
}
