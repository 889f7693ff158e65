import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// Inputs of one algorithm and epoch that are hashed together, and the place for their digests.
///
/// Unchecked: ``take(_:)`` is called under the workers' lock only, and each digest is written by one thread, before the
/// list counts it as done.
package final class InputList: @unchecked Sendable {
    /// Inputs of a list that are hashed together.
    typealias Part = (list: InputList, range: Range<Int>)

    package let algorithm: Algorithm
    package let epoch: Epoch
    /// They outlive the list.
    let inputs: Inputs
    /// What the threads that hash look for first. `nil` where all inputs are known to be good.
    let lengths: ClosedRange<Int>?
    /// 32 bytes for each input, of any alignment.
    private let digests: UnsafeMutableRawPointer
    /// The memory of a list that owns its inputs and the digests.
    private let owned: [UnsafeMutableRawPointer]

    /// The first input that no thread has taken.
    private var next = 0
    private let left: Atomic<Int>
    private let failure = Locked<NightjarError?>(nil)
    private let bad = Locked<[Range<Int>]>([])
    /// Fulfilled when all inputs are done.
    private let done = Promised<Bool>()

    /// A list with a copy of the inputs.
    ///
    /// - Parameters:
    ///   - inputs: of lengths that the algorithm takes.
    ///   - epoch: of the kind that the algorithm needs.
    package convenience init(_ inputs: some Collection<[UInt8]>, algorithm: Algorithm, epoch: Epoch) {
        let count = inputs.count
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, inputs.reduce(0) { $0 + $1.count }))
        let addresses = UnsafeMutablePointer<UnsafePointer<UInt8>?>.allocate(capacity: max(1, count))
        let sizes = UnsafeMutablePointer<Int>.allocate(capacity: max(1, count))
        let digests = UnsafeMutableRawPointer.allocate(byteCount: max(1, 32 * count), alignment: 8)
        var next = bytes
        for (index, input) in inputs.enumerated() {
            input.withUnsafeBufferPointer { input in
                if let base = input.baseAddress { next.initialize(from: base, count: input.count) }
            }
            (addresses + index).initialize(to: UnsafePointer(next))
            (sizes + index).initialize(to: input.count)
            next += input.count
        }
        self.init(
            Inputs(
                UnsafeBufferPointer(start: addresses, count: count),
                sizes: UnsafeBufferPointer(start: sizes, count: count)),
            algorithm: algorithm, epoch: epoch, digests: digests,
            owned: [
                UnsafeMutableRawPointer(bytes), UnsafeMutableRawPointer(addresses), UnsafeMutableRawPointer(sizes),
                digests,
            ])
    }

    /// A list of inputs, and with a place for their digests, that the caller keeps until it is done.
    ///
    /// - Parameter isChecked: whether all inputs can be hashed. Otherwise the threads that hash leave out those that can't
    ///   be, see ``badInputs``; that takes less time than a look at all of them beforehand.
    package convenience init(
        borrowing inputs: Inputs, algorithm: Algorithm, epoch: Epoch, digests: UnsafeMutableRawPointer, isChecked: Bool
    ) {
        self.init(
            inputs, algorithm: algorithm, epoch: epoch, digests: digests, owned: [],
            lengths: isChecked ? nil : algorithm.inputLengths)
    }

    private init(
        _ inputs: Inputs, algorithm: Algorithm, epoch: Epoch, digests: UnsafeMutableRawPointer,
        owned: [UnsafeMutableRawPointer], lengths: ClosedRange<Int>? = nil
    ) {
        (self.inputs, self.digests, self.owned, self.lengths) = (inputs, digests, owned, lengths)
        (self.algorithm, self.epoch) = (algorithm, epoch)
        left = Atomic(inputs.count)
        if inputs.count == 0 { done.fulfil(.success(true)) }
    }

    deinit { for memory in owned { memory.deallocate() } }

    package var count: Int { inputs.count }

    /// Whether no thread needs to look at it any more: all is taken, or its owner does not wait.
    var isOver: Bool { next == count || done.isOver }

    /// How many inputs no thread has taken.
    var rest: Int { count - next }

    /// Takes at most `most` of the inputs that no thread has taken.
    func take(_ most: Int) -> Range<Int> {
        let range = next..<(most < rest ? next + most : count)
        next = range.upperBound
        return range
    }

    /// Where the digests of a part belong. `nil` where the memory is not aligned for them: then they are stored by
    /// ``store(_:of:)``.
    func place(_ part: Range<Int>) -> UnsafeMutableBufferPointer<Digest>? {
        guard UInt(bitPattern: digests) % UInt(MemoryLayout<Digest>.alignment) == 0 else { return nil }
        let first = (digests + 32 * part.lowerBound).bindMemory(to: Digest.self, capacity: part.count)
        return UnsafeMutableBufferPointer(start: first, count: part.count)
    }

    /// Stores the digests of a part.
    func store(_ found: UnsafeBufferPointer<Digest>, of part: Range<Int>) {
        // A digest is its 32 bytes: words in memory are little-endian, as CHashing asserts.
        UnsafeMutableRawBufferPointer(start: digests + 32 * part.lowerBound, count: 32 * part.count)
            .copyMemory(from: UnsafeRawBufferPointer(found))
    }

    /// Whether all inputs are known to be good.
    var isChecked: Bool { lengths == nil }

    /// Whether all of a part can be hashed.
    func areGood(_ part: Range<Int>) -> Bool { lengths.map { inputs.areGood(part, $0) } ?? true }

    /// The runs of a part's inputs that can be hashed. The others are noted as bad, and their digests are not written.
    func goodParts(of part: Range<Int>) -> [Range<Int>] {
        guard let lengths, !areGood(part) else { return [part] }
        var good: [Range<Int>] = [], refused: [Range<Int>] = []
        var first = part.lowerBound
        while first < part.upperBound {
            let isGood = inputs.isGood(first, lengths)
            var end = first + 1
            while end < part.upperBound, inputs.isGood(end, lengths) == isGood { end += 1 }
            if isGood { good.append(first..<end) } else { refused.append(first..<end) }
            first = end
        }
        bad.withLock { $0 += refused }
        return good
    }

    /// The inputs that couldn't be hashed, once all are done.
    package var badInputs: [Range<Int>] { bad.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } } }

    /// Notes that a part is done: hashed, or failed.
    func finish(_ part: Range<Int>, _ error: NightjarError? = nil) {
        if let error { failure.withLock { $0 = $0 ?? error } }
        guard left.subtract(part.count, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        done.fulfil(failure.withLock { $0 }.map { .failure($0) } ?? .success(true))
    }

    /// Blocks the calling thread until all inputs are done.
    package func wait() throws(NightjarError) { _ = try done.wait() }

    /// The same for a task. When that is cancelled, the rest is not hashed.
    package func finished() async throws(NightjarError) { _ = try await done.value() }

    /// The digest of a list's only input: blocks the calling thread until it is there.
    func waitForOne() throws(NightjarError) -> Digest {
        try wait()
        return digest(0)
    }

    /// The same for a task.
    func one() async throws(NightjarError) -> Digest {
        try await finished()
        return digest(0)
    }

    /// Ends all that no thread has taken with an error.
    func fail(_ error: NightjarError) { finish(take(.max), error) }

    /// Nothing waits for it any more: what no thread has taken is not hashed.
    package func giveUp() { done.fulfil(.failure(.cancelled)) }

    /// One input's digest, once all are done.
    package func digest(_ index: Int) -> Digest {
        func word(_ place: Int) -> UInt64 {
            UInt64(littleEndian: digests.loadUnaligned(fromByteOffset: 32 * index + 8 * place, as: UInt64.self))
        }
        return Digest(words: (word(0), word(1), word(2), word(3)))
    }
}
