import NightjarCore

/// Where a batch's last kernel leaves hits or digests, and where they arrive on the host. Made once, so that a scan
/// allocates nothing. One thread at a time.
package final class BatchResults {
    let found: Buffer
    let slots: Buffer
    let digests: Buffer
    private let hostSlots: UnsafeMutableBufferPointer<UInt32>
    private let hostDigests: UnsafeMutableBufferPointer<Digest>

    /// - Parameter batch: hashes of a batch, the most that can be hits.
    init(_ context: Context, batch: Int) throws(CallFailure) {
        precondition(MemoryLayout<Digest>.stride == 32, "digests are copied as 32 bytes each")
        found = try Buffer(context, bytes: 4, purpose: "the count of hits")
        slots = try Buffer(context, bytes: batch * 4, purpose: "slots")
        digests = try Buffer(context, bytes: batch * 32, purpose: "digests")
        hostSlots = .allocate(capacity: batch)
        hostSlots.initialize(repeating: 0)
        hostDigests = .allocate(capacity: batch)
        hostDigests.initialize(repeating: Digest())
    }

    deinit {
        hostSlots.deallocate()
        hostDigests.deallocate()
    }

    /// Makes ready for a batch.
    func reset(_ queue: Queue) throws(CallFailure) {
        var none: UInt32 = 0
        try withUnsafeBytes(of: &none) { bytes throws(CallFailure) in try queue.write(bytes, to: found) }
    }

    /// Waits for the batch, and calls `body` with each hit's place in the batch and its digest.
    ///
    /// - Parameter count: hashes of the batch.
    /// - Throws: ``CallFailure``, or ``DeviceError`` when the device makes no sense; nothing was called then.
    func readHits(_ queue: Queue, of count: Int, device: DeviceID, _ body: (UInt32, Digest) -> Void) throws {
        var hits: UInt32 = 0
        try withUnsafeMutableBytes(of: &hits) { try queue.read(found, into: $0) }
        guard hits > 0 else { return }
        guard hits <= count else {
            throw DeviceError(device: device, reason: "reports \(hits) candidates for \(count) nonces")
        }
        try queue.read(slots, into: Self.bytes(hostSlots, Int(hits) * 4))
        try queue.read(digests, into: Self.bytes(hostDigests, Int(hits) * 32))
        guard hostSlots[..<Int(hits)].allSatisfy({ $0 < count }) else {
            throw DeviceError(device: device, reason: "reports a candidate outside its nonces")
        }
        for i in 0..<Int(hits) { body(hostSlots[i], hostDigests[i]) }
    }

    /// Waits for the batch, and copies its first `count` digests.
    func readDigests(
        _ queue: Queue, _ count: Int, into destination: UnsafeMutableBufferPointer<Digest>
    ) throws(CallFailure) {
        precondition(destination.count >= count, "no room for the digests")
        try queue.read(digests, into: Self.bytes(destination, count * 32))
    }

    private static func bytes<Element>(
        _ buffer: UnsafeMutableBufferPointer<Element>, _ count: Int
    ) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
    }
}
