import Synchronization

/// A job's identity in this process.
///
/// Two are equal when they are the same minting, whatever the pool calls the job: pools use one name for different jobs,
/// and different pools the same name.
public struct JobID: Sendable, Hashable, CustomStringConvertible {
    private let number: UInt64
    /// The pool's name for the job, as it is shown.
    public let name: String

    private static let last = Atomic<UInt64>(0)

    /// A new identity.
    public init(_ name: String) {
        number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
        self.name = name
    }

    public var description: String { name }

    public static func == (a: JobID, b: JobID) -> Bool { a.number == b.number }

    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// Work that somebody wants shares for. Two jobs are equal when their identities are.
public struct Job: Sendable, Identifiable, Hashable {
    public let id: JobID
    public let algorithm: Algorithm
    public let source: any WorkSource
    public let target: Target
    /// The epoch that comes next, where it is known already: what to make ready for.
    public let nextEpoch: Epoch?

    /// - Parameter source: has at least one unit, of `algorithm`.
    public init(id: JobID, algorithm: Algorithm, source: any WorkSource, target: Target, nextEpoch: Epoch? = nil) {
        self.id = id
        self.algorithm = algorithm
        self.source = source
        self.target = target
        self.nextEpoch = nextEpoch
    }

    /// A job of a single Work, with an identity of its own.
    ///
    /// - Parameters:
    ///   - name: how the job is shown.
    ///   - work: must have a place for the nonce; a programmer's error otherwise.
    public init(
        name: String = "", work: Work, target: Target, nonces: NonceSpace = .full, nextEpoch: Epoch? = nil
    ) {
        self.init(
            id: JobID(name), algorithm: work.algorithm, source: SingleWork(WorkUnit(work, nonces: nonces)),
            target: target, nextEpoch: nextEpoch)
    }

    public static func == (a: Job, b: Job) -> Bool { a.id == b.id }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
