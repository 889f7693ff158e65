import Synchronization

/// A job's identity in this process.
///
/// Two are equal when they are the same minting, whatever the pool calls the job: pools use one name for different
/// jobs, and different pools the same name.
public struct JobID: Sendable, Hashable, CustomStringConvertible {
    private let number: UInt64
    /// The job's name, as it is shown.
    package let name: String

    private static let last = Atomic<UInt64>(0)

    /// A new identity.
    package init(_ name: String) {
        number = Self.last.wrappingAdd(1, ordering: .relaxed).newValue
        self.name = name
    }

    private init(number: UInt64, name: String) { (self.number, self.name) = (number, name) }

    /// The same identity under another name.
    func shown(as name: String) -> JobID { JobID(number: number, name: name) }

    public var description: String { name }

    public static func == (a: JobID, b: JobID) -> Bool { a.number == b.number }

    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// Work to find shares for. ``id`` tells one job from another, whatever they hold.
public struct Job: Sendable, Identifiable, Hashable {
    /// Comes back as ``Share/jobID``.
    public let id: JobID
    package let algorithm: Algorithm
    package let source: any WorkSource
    package let target: Target
    /// The epoch that comes next, where it is known already: what to make ready for.
    package let nextEpoch: Epoch?

    /// A job under a name, with an identity of its own.
    ///
    /// - Parameters:
    ///   - name: how the job is shown.
    ///   - algorithm: of all its work.
    ///   - source: has at least one unit, of `algorithm`.
    ///   - target: what a hash must not exceed.
    ///   - nextEpoch: the epoch that comes next, where it is known already: it is prepared in the background.
    public init(
        name: String, algorithm: Algorithm, source: any WorkSource, target: Target, nextEpoch: Epoch? = nil
    ) {
        self.init(id: JobID(name), algorithm: algorithm, source: source, target: target, nextEpoch: nextEpoch)
    }

    /// - Parameter source: has at least one unit, of `algorithm`.
    package init(id: JobID, algorithm: Algorithm, source: any WorkSource, target: Target, nextEpoch: Epoch? = nil) {
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
    ///   - work: must have a place for the nonce; without one this is a programmer's error, and traps.
    ///   - target: what a hash must not exceed.
    ///   - nonces: those to try.
    ///   - nextEpoch: the epoch that comes next, where it is known already: it is prepared in the background.
    public init(
        name: String = "", work: Work, target: Target, nonces: NonceSpace = .full, nextEpoch: Epoch? = nil
    ) {
        self.init(
            id: JobID(name), algorithm: work.algorithm, source: SingleWork(WorkUnit(work, nonces: nonces)),
            target: target, nextEpoch: nextEpoch)
    }

    /// The same job under another name.
    package func shown(as name: String) -> Job {
        Job(id: id.shown(as: name), algorithm: algorithm, source: source, target: target, nextEpoch: nextEpoch)
    }

    public static func == (a: Job, b: Job) -> Bool { a.id == b.id }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
