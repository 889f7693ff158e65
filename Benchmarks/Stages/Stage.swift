import NightjarCPU
import NightjarPlatform

/// One stage of an algorithm, to be timed by itself.
///
/// A stage's name is how results of different days find each other: renaming one loses its history.
public struct Stage: Sendable {
    /// What is timed, with how much of it: "rx/0 fill 1R, 2 MiB".
    public let name: String
    /// Whether one run takes microseconds or less, so that a measurement should make a thousand.
    public let isQuick: Bool
    /// Whether preparing it takes 2 GiB of memory.
    public let isLarge: Bool
    /// Gets ready what a run needs, on the thread that is to run it.
    ///
    /// - Returns: does the stage's work once. What it returns depends on that work, so that no compiler leaves it out.
    /// - Throws: when there is no memory, or no executable memory.
    public let prepare: @Sendable () throws -> () -> UInt64

    init(
        _ name: String, isQuick: Bool = false, isLarge: Bool = false,
        prepare: @escaping @Sendable () throws -> () -> UInt64
    ) {
        self.name = name
        self.isQuick = isQuick
        self.isLarge = isLarge
        self.prepare = prepare
    }

    /// Every stage: primitives, RandomX's, CryptoNight's.
    public static var all: [Stage] { primitives + randomX + cryptoNight }
}

/// Memory that a stage works in, on huge pages where the system has them. A run holds it.
final class StageMemory {
    private let pages: HugePages

    /// - Parameter size: bytes, of which the first MiB is filled with numbers that look random and the others with
    ///   copies.
    init(_ size: Int) throws {
        pages = try HugePages(size: size, purpose: "a benchmark")
        let block = min(1 << 20, pages.bytes.count)
        var state: UInt64 = 1
        for word in UnsafeMutableRawBufferPointer(rebasing: pages.bytes[..<block]).bindMemory(to: UInt64.self).indices {
            // Marsaglia's xorshift.
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            pages.bytes.storeBytes(of: state, toByteOffset: 8 * word, as: UInt64.self)
        }
        for offset in stride(from: block, to: pages.bytes.count, by: block) {
            (start + offset).copyMemory(from: start, byteCount: block)
        }
    }

    var bytes: UnsafeMutableRawBufferPointer { pages.bytes }

    var start: UnsafeMutableRawPointer {
        guard let start = pages.bytes.baseAddress else { preconditionFailure("a mapping has an address") }
        return start
    }

    /// The first word, which most stages change.
    var word: UInt64 { start.load(as: UInt64.self) }
}
