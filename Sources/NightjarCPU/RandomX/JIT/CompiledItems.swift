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
        /// Sixteen at a time, with AVX-512; the rest one by one.
        case lanes
        /// Six at a time, with AVX2 and BMI2; the rest one by one.
        case batches
        /// One at a time, on any x86-64 processor.
        case single

        /// Whether this processor can run it.
        package var isAvailable: Bool {
            switch self {
            case .lanes: nj_rx_item_lanes_available()
            case .batches: nj_rx_item_batches_available()
            case .single: true
            }
        }

        /// The fastest method that this processor can run.
        package static var best: Method { Self.batches.isAvailable ? .batches : .single }
    }

    /// The most machines whose items are best computed in turns, where there is another way.
    private static let mostInTurns = 4

    /// The cache from which items are computed.
    package let cache: RandomXCache
    private let method: Method
    private let code: FixedCode
    private let entries: SuperscalarEmitter.Entries
    /// The code of ``ItemTurnsEmitter``.
    private let turns: FixedCode
    /// `nil` without that method.
    private let batches: Batches?
    /// `nil` where the processor lacks AVX-512.
    private let lanes: Lanes?
    /// The bytes of code.
    package let size: Int

    /// - Parameters:
    ///   - method: an available method, for datasets.
    ///   - hasLanes: whether the programs of many machines get their items from AVX-512.
    /// - Throws: when the system allows no executable memory.
    package init(
        _ cache: RandomXCache, _ method: Method = .best, hasLanes: Bool = nj_rx_item_lanes_available()
    ) throws(ExecutableMemoryError) {
        precondition(method.isAvailable, "this processor cannot compute dataset items in this way")
        (self.cache, self.method) = (cache, method)
        let (programs, bytes) = (cache.programs, RandomXCache.memorySize(cache.parameters))
        let one = try WritableCode(size: SuperscalarEmitter.worstSize(programs))
        entries = SuperscalarEmitter.emit(programs, cacheSize: bytes, into: one)
        code = one.fixed()
        let several = try WritableCode(size: ItemTurnsEmitter.worstSize(programs))
        let sizeOfTurns = ItemTurnsEmitter.emit(programs, cacheSize: bytes, into: several)
        turns = several.fixed()
        batches = method == .batches ? try Batches(programs, cacheSize: bytes) : nil
        lanes = hasLanes || method == .lanes ? try Lanes(programs, cacheSize: bytes) : nil
        size = entries.size + sizeOfTurns + (batches?.emitted.size ?? 0) + (lanes?.emitted.size ?? 0)
    }

    /// How many machines gain from having their items computed together.
    package var together: Int { lanes == nil ? Self.mostInTurns : ItemLanesEmitter.lanes }

    /// The same for this processor.
    package static var mostTogether: Int { nj_rx_item_lanes_available() ? ItemLanesEmitter.lanes : mostInTurns }

    /// The code that compiled programs of this many machines, at most ``together``, call in light mode.
    func item(machines: Int) -> UnsafeRawPointer {
        if machines == 1 { return code.start + entries.item }
        if machines > Self.mostInTurns, let lanes { return lanes.start }
        return turns.start
    }

    /// Writes dataset items to `output`, 64 bytes each, 64-byte aligned.
    package func write(_ numbers: Range<UInt64>, to output: UnsafeMutableRawPointer) {
        var rest = numbers, output = output
        if let (function, count) = several {
            let whole = numbers.dropLast(numbers.count % count)
            write(whole, to: output, function)
            output += 64 * whole.count
            rest = whole.upperBound..<numbers.upperBound
        }
        write(rest, to: output, code.start + entries.items)
    }

    /// The function that writes several items at a time, and how many.
    private var several: (UnsafeRawPointer, Int)? {
        switch method {
        case .lanes: lanes.map { ($0.items, ItemLanesEmitter.batch) }
        case .batches: batches.map { ($0.start, SuperscalarBatchEmitter.batch) }
        case .single: nil
        }
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

    /// The code of ``ItemLanesEmitter``.
    private final class Lanes {
        let emitted: ItemLanesEmitter.Emitted
        private let code: FixedCode

        init(_ programs: [SuperscalarProgram], cacheSize: Int) throws(ExecutableMemoryError) {
            let writable = try WritableCode(size: ItemLanesEmitter.worstSize(programs))
            emitted = ItemLanesEmitter.emit(programs, cacheSize: cacheSize, into: writable)
            code = writable.fixed()
        }

        /// The code that compiled programs call.
        var start: UnsafeRawPointer { code.start + emitted.start }

        /// The function that writes items.
        var items: UnsafeRawPointer { code.start + emitted.items }
    }
}
