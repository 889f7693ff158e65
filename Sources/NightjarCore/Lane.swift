/// One stream of execution on a device.
///
/// A lane lives on one thread: it is made there, used there and released there. It owns its scratchpads and code
/// buffers. `prepare` may take seconds (a RandomX cache, a kernel build); inside `scan` and `digests` nothing awaits,
/// allocates or logs, and no lock is held for longer than it takes to note how fast a batch was.
public protocol Lane: AnyObject {
    /// How many nonces the next call should be given: a few on a CPU, a whole launch on a GPU.
    var batch: Int { get }

    /// As many as ``batch`` ever says.
    var mostBatch: Int { get }

    /// What became of the lane that its plan could not know, one sentence a line: the pages its memory got, a thread
    /// that could not be pinned. Only ``settle(_:)`` adds to it.
    var remarks: [String] { get }

    /// Makes ready for `work`: everything that depends on its input, height or seed.
    ///
    /// - Throws: ``DeviceError`` when the device cannot run it.
    func prepare(_ work: Work) throws

    /// Spends time and memory so that many nonces of the work prepared last are hashed sooner; the digests are the
    /// same. For whoever has many nonces to hash, after `prepare`. May take a minute, and gives up within a fraction of
    /// a second when told to. Most lanes have nothing to do here.
    ///
    /// - Throws: ``DeviceError`` when the device turns out to be faulty.
    func settle(_ settling: Settling) throws -> Settlement

    /// Hashes each nonce of `nonces` and appends those whose ``Proof`` meets `target`, in no particular order.
    ///
    /// - Parameters:
    ///   - nonces: not empty, at most `batch` of them, all below 2³².
    ///   - candidates: appended to, within its capacity of at least `batch`.
    /// - Throws: ``DeviceError`` when the device failed; then `candidates` has nothing of this call.
    func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws

    /// Hashes each nonce of `nonces`, the digest of the i-th going to `digests[i]`. The same code as `scan`'s, without
    /// the commitments.
    ///
    /// For work without a nonce, `nonces` is `0..<1`.
    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws
}

extension Lane {
    public var remarks: [String] { [] }
    public var mostBatch: Int { batch }

    public func settle(_ settling: Settling) throws -> Settlement { .settled }
}

/// How a device would run an algorithm: what it runs on, and why.
public struct LanePlan: Sendable {
    /// One maker a lane. Each is called on the thread that is to be the lane's own, which it may pin.
    public let lanes: [@Sendable () throws -> any Lane]
    /// The choice in words, one sentence a line: how many lanes, where, and why.
    public let explanation: [String]
    /// What the user could do to make it faster, one sentence a line.
    public let hints: [String]

    public init(lanes: [@Sendable () throws -> any Lane], explanation: [String], hints: [String] = []) {
        self.lanes = lanes
        self.explanation = explanation
        self.hints = hints
    }
}

/// Something that has devices and can make lanes for them.
public protocol Backend: Sendable {
    /// The devices, in the order of their names.
    var devices: [Device] { get }

    /// Whether `algorithm` can run on `device`.
    func support(for algorithm: Algorithm, on device: DeviceID) -> Support

    /// How `device` would run `algorithm`.
    ///
    /// - Parameter threads: CPU threads asked for; `nil` leaves the choice to the backend. Other devices ignore it.
    /// - Throws: ``DeviceError`` when it cannot.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan

    /// The same for lanes that are going to settle (see ``Lane/settle(_:)``) if `settles`, which some backends say more
    /// about: the memory that is wanted for it.
    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan

    /// Makes ready for a seed that work is going to have, so that lanes lose no time on it when it comes. Blocks the
    /// thread, for a second or so; does nothing where nothing is gained.
    func foresee(_ algorithm: Algorithm, seed: [UInt8])

    /// The same for a height, of an algorithm that needs one.
    func foresee(_ algorithm: Algorithm, height: UInt64)

    /// Lets go of all that is kept for `device` between plans, after a failure that may have spoilt it: the next plan
    /// makes everything anew. Lanes of earlier plans go on as they are, and are to be let go of first.
    func reset(_ device: DeviceID)
}

extension Backend {
    public func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads)
    }

    public func foresee(_ algorithm: Algorithm, seed: [UInt8]) {}

    public func foresee(_ algorithm: Algorithm, height: UInt64) {}

    public func reset(_ device: DeviceID) {}
}

/// Whether an algorithm can run on a device.
public enum Support: Sendable, Hashable {
    case supported
    /// The reason, in words that end a sentence: "the device has no 64-bit floating point".
    case unsupported(String)
}
