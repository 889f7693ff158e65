import CHashing
import NightjarAlgorithms
import NightjarCore

/// The code that computes dataset items from a cache. It is made once for a seed, and then any number of threads may
/// run it.
///
/// Unchecked: nothing changes it after `init`.
package final class CompiledItems: @unchecked Sendable {
    /// How items are computed. Every method gives the same items.
    package enum Method: Sendable, CaseIterable {
        /// Six at a time, with AVX2 and BMI2; the rest one by one.
        case batches
        /// One at a time, on any x86-64 processor.
        case single

        /// Whether this processor can run it.
        package var isAvailable: Bool {
            switch self {
            case .batches: nj_rx_item_batches_available()
            case .single: true
            }
        }

        /// The fastest method that this processor can run.
        package static var best: Method { Self.batches.isAvailable ? .batches : .single }
    }

    /// The cache from which items are computed.
    package let cache: RandomXCache
    private let code: FixedCode
    private let entries: SuperscalarEmitter.Entries
    /// `nil` when all items are computed one by one.
    private let batches: Batches?

    /// - Parameter method: an available method.
    /// - Throws: when the system allows no executable memory.
    package init(_ cache: RandomXCache, _ method: Method = .best) throws(ExecutableMemoryError) {
        precondition(method.isAvailable, "this processor cannot compute dataset items in batches")
        self.cache = cache
        let size = RandomXCache.memorySize(cache.parameters)
        let writable = try WritableCode(size: SuperscalarEmitter.worstSize(cache.programs))
        entries = SuperscalarEmitter.emit(cache.programs, cacheSize: size, into: writable)
        code = writable.fixed()
        batches = method == .batches ? try Batches(cache.programs, cacheSize: size) : nil
    }

    /// The bytes of code.
    package var size: Int { entries.size + (batches?.emitted.size ?? 0) }

    /// The code that compiled programs call in light mode.
    var item: UnsafeRawPointer { code.start + entries.item }

    /// Writes dataset items to `output`, 64 bytes each, 64-byte aligned.
    package func write(_ numbers: Range<UInt64>, to output: UnsafeMutableRawPointer) {
        var numbers = numbers, output = output
        if let batches {
            let batched = numbers.dropLast(numbers.count % SuperscalarBatchEmitter.batch)
            write(batched, to: output, batches.start)
            output += 64 * batched.count
            numbers = batched.upperBound..<numbers.upperBound
        }
        write(numbers, to: output, code.start + entries.items)
    }

    private func write(_ numbers: Range<UInt64>, to output: UnsafeMutableRawPointer, _ function: UnsafeRawPointer) {
        guard !numbers.isEmpty else { return }
        nj_rx_write_compiled_items(function, cache.base, output, numbers.lowerBound, numbers.upperBound)
    }

    /// The code of ``SuperscalarBatchEmitter``.
    private final class Batches {
        let emitted: SuperscalarBatchEmitter.Emitted
        private let code: FixedCode

        init(_ programs: [SuperscalarProgram], cacheSize: Int) throws(ExecutableMemoryError) {
            let writable = try WritableCode(size: SuperscalarBatchEmitter.worstSize(programs))
            emitted = SuperscalarBatchEmitter.emit(programs, cacheSize: cacheSize, into: writable)
            code = writable.fixed()
        }

        /// The function that writes items.
        var start: UnsafeRawPointer { code.start + emitted.items }
    }
}
