import CHashing
import NightjarCore

/// A seed's RandomX cache (`doc/specs.md` 7.1 and 7.2): Argon2d memory, 256 MiB for most variants, and the programs of
/// SuperscalarHash. Every dataset item can be computed from it.
///
/// Unchecked: `init` fills it and nothing changes it afterwards, so any number of threads may read it.
package final class RandomXCache: @unchecked Sendable {
    package let parameters: RandomXParameters
    /// The seed; RandomX's specification calls it the key.
    package let seed: [UInt8]
    /// The programs of SuperscalarHash, in the order in which they run.
    package let programs: [SuperscalarProgram]
    private let memory: UnsafeMutableRawBufferPointer
    private let bundles: UnsafeMutableBufferPointer<nj_rx_bundle>
    private let cPrograms: UnsafeMutableBufferPointer<nj_rx_superscalar>
    /// The same in C's form. It lives as long as the cache.
    let pointer: UnsafeMutablePointer<nj_rx_cache>

    /// The bytes of memory that a cache needs.
    package static func memorySize(_ parameters: RandomXParameters) -> Int { parameters.cacheSize }

    /// Fills the cache, which takes about a second.
    ///
    /// - Parameters:
    ///   - seed: the seed (the specification's key), 0 to 60 bytes.
    ///   - memory: ``memorySize(_:)`` bytes, 64-byte aligned. The caller owns it, and it must outlive the cache.
    package init(_ parameters: RandomXParameters, seed: [UInt8], memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= parameters.cacheSize, "a RandomX cache needs all of its memory")
        // A mask chooses lines, so the size must be a power of two.
        precondition(parameters.cacheSize.nonzeroBitCount == 1)
        guard let base = memory.baseAddress else { preconditionFailure("a RandomX cache needs memory") }
        precondition(UInt(bitPattern: base) & 63 == 0, "a RandomX cache must be 64-byte aligned")
        self.parameters = parameters
        self.seed = seed
        self.memory = memory

        Argon2d(parameters, password: seed).fill(base)
        var random = BlakeGenerator(seed: seed)
        programs = (0..<parameters.cacheAccesses).map { _ in
            SuperscalarGenerator.program(parameters, random: &random)
        }

        let bundled = programs.map { $0.bundles() }
        bundles = .allocate(capacity: bundled.reduce(0) { $0 + $1.count })
        _ = bundles.initialize(from: bundled.joined())
        cPrograms = .allocate(capacity: programs.count)
        var first = 0
        for (index, program) in programs.enumerated() {
            let count = bundled[index].count
            cPrograms.initializeElement(
                at: index,
                to: nj_rx_superscalar(
                    bundles: bundles.baseAddress.map { UnsafePointer($0 + first) }, count: UInt32(count),
                    address_register: UInt32(program.addressRegister)))
            first += count
        }
        pointer = .allocate(capacity: 1)
        pointer.initialize(
            to: nj_rx_cache(
                memory: base.assumingMemoryBound(to: UInt8.self), line_mask: UInt64(parameters.cacheSize / 64 - 1),
                programs: cPrograms.baseAddress, program_count: UInt32(programs.count)))
    }

    deinit {
        pointer.deallocate()
        cPrograms.deallocate()
        bundles.deallocate()
    }

    /// The Argon2 memory.
    package var base: UnsafeRawPointer { UnsafeRawPointer(pointer.pointee.memory) }

    /// The 64-bit word of the Argon2 memory at a word index.
    package func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: memory.load(fromByteOffset: 8 * index, as: UInt64.self))
    }

    /// Dataset items by their numbers: eight words each, one item after the other (7.3).
    package func items(_ numbers: [UInt64]) -> [UInt64] {
        var items = [UInt64](repeating: 0, count: 8 * numbers.count)
        items.withUnsafeMutableBytes { items in
            nj_rx_dataset_items(
                pointer, numbers, numbers.count, items.baseAddress?.assumingMemoryBound(to: CEightWords.self))
        }
        return items
    }

    /// C's `uint64_t[8]`, as Swift imports it.
    private typealias CEightWords = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
}
