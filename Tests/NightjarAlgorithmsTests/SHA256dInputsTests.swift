import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// Whole inputs of every length up to three blocks more than a header's, in numbers that leave places free.
@Suite(.timeLimit(.minutes(10))) struct SHA256dInputsTests {
    @Test(arguments: SHA256dCode.available)
    func severalAtOnceEqualPlainC(_ code: SHA256dCode) throws {
        var random = SeededGenerator()
        for length in 0...272 {
            // Some codes hash many inputs by other means than a few.
            for count in [length % 9 + 1, 64 + length % 37] {
                let inputs = (0..<count).map { _ in random.bytes(length) }
                #expect(Self.digests(inputs, code) == Self.expected(inputs), "\(length) bytes, \(count) inputs")
            }
        }
    }

    /// What is known of a first block is used for inputs that have it, and for no others.
    @Test(arguments: SHA256dCode.available)
    func inputsShareTheirFirstBlocks(_ code: SHA256dCode) throws {
        var random = SeededGenerator()
        let blocks = (0..<2).map { _ in random.bytes(64) }
        for length in [64, 65, 80, 119, 120, 200] {
            // Runs of one block, and in a part of them one input whose block differs in a single bit.
            let inputs = (0..<300).map { index in
                var input = blocks[index / 80 % 2] + random.bytes(length - 64)
                if index > 100, index % 53 == 0 { input[index % 64] ^= 1 << UInt8(index % 8) }
                return input
            }
            #expect(Self.digests(inputs, code) == Self.expected(inputs), "\(length) bytes")
        }
    }

    /// Headers of one job, which differ in their nonce alone, in runs of every length around whole groups.
    @Test(arguments: SHA256dCode.available)
    func headersOfJobs(_ code: SHA256dCode) throws {
        var random = SeededGenerator()
        var inputs: [[UInt8]] = []
        for run in [63, 64, 65, 79, 80, 81, 96, 111, 300, 1, 16, 1500, 128] {
            let job = random.bytes(76)
            for _ in 0..<run { inputs.append(job + random.bytes(4)) }
        }
        #expect(Self.digests(inputs, code) == Self.expected(inputs))
    }

    /// A header that is another one in any bit but its nonce's, anywhere in a run.
    @Test(arguments: SHA256dCode.available)
    func oneHeaderIsOfAnotherJob(_ code: SHA256dCode) throws {
        var random = SeededGenerator()
        let job = random.bytes(76)
        let run = (0..<160).map { _ in job + random.bytes(4) }
        for bit in 0..<8 * 76 {
            var inputs = run
            inputs[(bit * 37 + 5) % 160][bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(Self.digests(inputs, code) == Self.expected(inputs), "bit \(bit)")
        }
    }

    private static func expected(_ inputs: [[UInt8]]) -> [Digest] {
        inputs.map { input in
            var digest = Digest()
            input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
            return digest
        }
    }

    /// Of inputs of one length, which stand one after the other in memory that ends where the last one ends.
    private static func digests(_ inputs: [[UInt8]], _ code: SHA256dCode) -> [Digest] {
        let length = inputs[0].count
        var digests = [Digest](repeating: Digest(), count: inputs.count)
        let bytes = Array(inputs.joined())
        bytes.withUnsafeBufferPointer { bytes in
            let places = inputs.indices.map { index in bytes.baseAddress.map { $0 + index * length } }
            places.withUnsafeBufferPointer { places in
                digests.withUnsafeMutableBufferPointer { SHA256d.hash(places, length: length, code, into: $0) }
            }
        }
        return digests
    }
}
