import CHashing
import NightjarAlgorithms
import NightjarCore

/// The code that computes dataset items from a cache: made once for a key, then run by any number of threads.
///
/// Immutable once made: hence `@unchecked Sendable`.
package final class CompiledItems: @unchecked Sendable {
    /// What the items are made of.
    package let cache: RandomXCache
    private let code: ExecutableCode
    private let entries: SuperscalarEmitter.Entries

    /// - Throws: when the system allows no executable memory.
    package init(_ cache: RandomXCache) throws(ExecutableMemoryError) {
        self.cache = cache
        let writable = try WritableCode(size: SuperscalarEmitter.worstSize(cache.programs))
        entries = SuperscalarEmitter.emit(
            cache.programs, cacheSize: RandomXCache.memorySize(cache.parameters), into: writable)
        code = writable.executable()
    }

    /// Bytes of code.
    package var size: Int { entries.size }

    /// The code that compiled programs call in light mode.
    var item: UnsafeRawPointer { code.start + entries.item }

    /// Writes dataset items to `output`, 64 bytes each, 64-byte aligned.
    package func write(_ numbers: Range<UInt64>, to output: UnsafeMutableRawPointer) {
        guard !numbers.isEmpty else { return }
        nj_rx_write_compiled_items(
            code.start + entries.items, cache.base, output, numbers.lowerBound, numbers.upperBound)
    }
}
