import NightjarCore

/// What a batch's last kernel hands up (see Primitives/Results.cl), and the host's memory for it.
///
/// A scan allocates nothing, and what it needs does not grow with its batch; for a batch of inputs, each of which is
/// handed up, there is more (``reserve(_:)``). One thread at a time.
package final class BatchResults {
    /// What the host asks of a batch.
    struct Wanted {
        /// A hash is a hit if its compared word is at most this.
        var top: UInt64 = 0
        /// The hashes in these slots of the batch are hits in any case.
        var audit = 0..<0
        /// Whether the checksum is wanted.
        var sums = false
    }

    /// What a batch came to.
    struct Tally {
        /// The number of hits. Those beyond ``room`` were counted and not stored.
        let hits: Int
        /// Zero unless it was asked for.
        let checksum: UInt64
    }

    /// The number of hits that a lane has room for, unless its batches are smaller. With a pool's target no batch has
    /// that many.
    package static let most = 4096

    /// NJ_RESULT_ARGUMENTS of the kernels.
    package static let parameters = KernelParameterGroup(
        top, auditFirst, auditCount, sums, tally, hits, room)
    private static let top = KernelParameter<UInt64>("top")
    private static let auditFirst = KernelParameter<UInt32>("audit_first")
    private static let auditCount = KernelParameter<UInt32>("audit_count")
    private static let sums = KernelParameter<UInt32>("sums")
    private static let tally = KernelParameter<Buffer>("tally")
    private static let hits = KernelParameter<Buffer>("hits")
    private static let room = KernelParameter<UInt32>("room")

    /// How many hits fit.
    private(set) var room: Int
    private let context: Context
    private let tally: Buffer
    private var hits: Buffer
    private let kernel: Kernel
    private var hostHits: UnsafeMutableBufferPointer<Hit>

    /// - Parameters:
    ///   - room: how many hits fit, at least 1.
    ///   - kernel: the batch's last, which has ``parameters``.
    package init(_ context: Context, room: Int, kernel: Kernel) throws(CallFailure) {
        precondition(room > 0, "a batch of one hash may have a hit")
        precondition(MemoryLayout<Hit>.stride == 40, "hits are copied as 40 bytes each")
        self.room = room
        self.context = context
        self.kernel = kernel
        tally = try Buffer(context, bytes: 12, purpose: "the count of hits")
        hits = try Self.hits(context, room)
        hostHits = Self.hostHits(room)
        try kernel.set(Self.tally, tally)
        try setHits()
    }

    deinit { hostHits.deallocate() }

    /// Makes room for as many hits, unless there is.
    func reserve(_ room: Int) throws(CallFailure) {
        guard room > self.room else { return }
        hits = try Self.hits(context, room)
        hostHits.deallocate()
        hostHits = Self.hostHits(room)
        self.room = room
        try setHits()
    }

    private func setHits() throws(CallFailure) {
        try kernel.set(Self.hits, hits)
        try kernel.set(Self.room, UInt32(room))
    }

    private static func hits(_ context: Context, _ room: Int) throws(CallFailure) -> Buffer {
        try Buffer(context, bytes: room * MemoryLayout<Hit>.stride, purpose: "hits")
    }

    private static func hostHits(_ room: Int) -> UnsafeMutableBufferPointer<Hit> {
        let hits = UnsafeMutableBufferPointer<Hit>.allocate(capacity: room)
        hits.initialize(repeating: Hit(slot: 0, digest: Digest()))
        return hits
    }

    /// Makes ready for a batch. Called before the batch's last kernel is enqueued.
    func begin(_ queue: Queue, _ wanted: Wanted = Wanted()) throws(CallFailure) {
        var none = (UInt32(0), UInt32(0), UInt32(0))
        try withUnsafeBytes(of: &none) { bytes throws(CallFailure) in try queue.write(bytes, to: tally) }
        try kernel.set(Self.top, wanted.top)
        try kernel.set(Self.auditFirst, UInt32(wanted.audit.lowerBound))
        try kernel.set(Self.auditCount, UInt32(wanted.audit.count))
        try kernel.set(Self.sums, wanted.sums ? 1 : 0)
    }

    /// Waits for the batch.
    ///
    /// - Parameter count: hashes of the batch.
    /// - Throws: ``CallFailure``, or ``NightjarError`` when the device's answer is impossible.
    func readTally(_ queue: Queue, of count: Int, device: DeviceID) throws -> Tally {
        var words = (hits: UInt32(0), low: UInt32(0), high: UInt32(0))
        try withUnsafeMutableBytes(of: &words) { try queue.read(tally, into: $0) }
        guard words.hits <= count else {
            throw NightjarError(device: device, reason: "reports \(words.hits) candidates for \(count) nonces")
        }
        return Tally(hits: Int(words.hits), checksum: UInt64(words.high) << 32 | UInt64(words.low))
    }

    /// Calls `body` with each hit's place in the batch and its digest, after ``readTally(_:of:device:)``.
    ///
    /// - Parameters:
    ///   - hits: the number of hits, at most ``room``.
    ///   - count: hashes of the batch.
    /// - Throws: ``CallFailure``, or ``NightjarError`` when the device's answer is impossible; then `body` got nothing.
    func readHits(
        _ queue: Queue, _ hits: Int, of count: Int, device: DeviceID, _ body: (UInt32, Digest) -> Void
    ) throws {
        guard hits > 0 else { return }
        let read = UnsafeMutableBufferPointer(rebasing: hostHits[..<hits])
        try queue.read(self.hits, into: UnsafeMutableRawBufferPointer(read))
        guard read.allSatisfy({ $0.slot < count }) else {
            throw NightjarError(device: device, reason: "reports a candidate outside its nonces")
        }
        for hit in read { body(UInt32(hit.slot), hit.digest) }
    }

    /// As the kernel stores it: NJ_HIT_WORDS words.
    private struct Hit {
        let slot: UInt64
        let digest: Digest
    }
}
