import NightjarCPU
import NightjarPlatform

/// One stage of an algorithm that is timed by itself.
///
/// Results of different days are matched by a stage's name, so renaming a stage loses its history.
public struct Stage: Sendable {
    /// The work and its amount: "rx/0 fill 1R, 2 MiB".
    public let name: String
    /// Whether one run takes microseconds or less, so that a measurement should make a thousand.
    public let isQuick: Bool
    /// Whether preparing it takes 2 GiB of memory.
    public let isLarge: Bool
    /// Prepares what a run needs, on the thread that will run it.
    ///
    /// - Returns: a function that does the stage's work once. Its result depends on the work, so that the compiler
    ///   cannot remove the work.
    /// - Throws: when the system refuses memory or executable memory.
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

/// A stage's memory, on huge pages where the system has them. A run holds it.
final class StageMemory {
    private let pages: HugePages

    /// - Parameter size: bytes. The first MiB is filled with pseudorandom numbers, the rest with copies of it.
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
