import NightjarCore
import NightjarPlatform
import Synchronization

/// Inputs of one algorithm and epoch that are hashed together, and the place for their digests.
///
/// Unchecked: ``take(_:)`` is called under the workers' lock only, and each digest is written by one thread, before the
/// list counts it as done.
package final class InputList: @unchecked Sendable {
    package let algorithm: Algorithm
    package let epoch: Epoch
    /// They outlive the list.
    let inputs: UnsafeBufferPointer<UnsafeRawBufferPointer>
    /// 32 bytes for each input, of any alignment.
    private let digests: UnsafeMutableRawPointer
    /// The memory of a list that owns its inputs, their addresses and the digests.
    private let owned: [UnsafeMutableRawPointer]

    /// The first input that no thread has taken.
    private var next = 0
    private let left: Atomic<Int>
    private let failure = Locked<NightjarError?>(nil)
    /// Fulfilled when all inputs are done.
    private let done = Promised<Bool>()

    /// A list with a copy of the inputs.
    ///
    /// - Parameters:
    ///   - inputs: of lengths that the algorithm takes.
    ///   - epoch: of the kind that the algorithm needs.
    package init(_ inputs: some Collection<[UInt8]>, algorithm: Algorithm, epoch: Epoch) {
        let count = inputs.count
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, inputs.reduce(0) { $0 + $1.count }), alignment: 64)
        let list = UnsafeMutablePointer<UnsafeRawBufferPointer>.allocate(capacity: max(1, count))
        var offset = 0
        for (index, input) in inputs.enumerated() {
            input.withUnsafeBytes { input in
                if let base = input.baseAddress { (bytes + offset).copyMemory(from: base, byteCount: input.count) }
            }
            (list + index).initialize(to: UnsafeRawBufferPointer(start: bytes + offset, count: input.count))
            offset += input.count
        }
        digests = .allocate(byteCount: max(1, 32 * count), alignment: 8)
        self.inputs = UnsafeBufferPointer(start: list, count: count)
        owned = [bytes, UnsafeMutableRawPointer(list), digests]
        self.algorithm = algorithm
        self.epoch = epoch
        left = Atomic(count)
        if count == 0 { done.fulfil(.success(true)) }
    }

    /// A list of inputs that the caller keeps until it is done.
    package init(borrowing inputs: [UnsafeRawBufferPointer], algorithm: Algorithm, epoch: Epoch) {
        let list = UnsafeMutableBufferPointer<UnsafeRawBufferPointer>.allocate(capacity: max(1, inputs.count))
        _ = list.initialize(from: inputs)
        digests = .allocate(byteCount: max(1, 32 * inputs.count), alignment: 8)
        self.inputs = UnsafeBufferPointer(start: list.baseAddress, count: inputs.count)
        owned = [list.baseAddress.map { UnsafeMutableRawPointer($0) }, digests].compactMap { $0 }
        self.algorithm = algorithm
        self.epoch = epoch
        left = Atomic(inputs.count)
        if inputs.isEmpty { done.fulfil(.success(true)) }
    }

    deinit { for memory in owned { memory.deallocate() } }

    package var count: Int { inputs.count }

    /// Whether no thread needs to look at it any more: all is taken, or its owner does not wait.
    var isOver: Bool { next == count || done.isOver }

    /// How many inputs no thread has taken.
    var rest: Int { count - next }

    /// Takes at most `most` of the inputs that no thread has taken.
    func take(_ most: Int) -> Range<Int> {
        let range = next..<min(count, next + most)
        next = range.upperBound
        return range
    }

    /// Stores the digests of a part.
    func store(_ found: ArraySlice<Digest>, of part: Range<Int>) {
        for (index, digest) in zip(part, found) {
            var words = digest.words
            words = (words.0.littleEndian, words.1.littleEndian, words.2.littleEndian, words.3.littleEndian)
            withUnsafeBytes(of: &words) { bytes in
                UnsafeMutableRawBufferPointer(start: digests + 32 * index, count: 32).copyMemory(from: bytes)
            }
        }
    }

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
