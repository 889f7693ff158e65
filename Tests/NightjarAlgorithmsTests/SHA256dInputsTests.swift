import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// Whole inputs of every length up to three blocks more than a header's, in every number that leaves places free.
@Suite(.timeLimit(.minutes(10))) struct SHA256dInputsTests {
    @Test(arguments: SHA256dCode.available)
    func severalAtOnceEqualPlainC(_ code: SHA256dCode) throws {
        var random = SeededGenerator()
        for length in 0...272 {
            let count = length % 9 + 1
            let inputs = (0..<count).map { _ in random.bytes(length) }
            let expected = inputs.map { input in
                var digest = Digest()
                input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
                return digest
            }
            var digests = [Digest](repeating: Digest(), count: count)
            // One after the other in memory that ends where the last one ends.
            let bytes = Array(inputs.joined())
            bytes.withUnsafeBufferPointer { bytes in
                let places = (0..<count).map { index in bytes.baseAddress.map { $0 + index * length } }
                places.withUnsafeBufferPointer { places in
                    digests.withUnsafeMutableBufferPointer { SHA256d.hash(places, length: length, code, into: $0) }
                }
            }
            #expect(digests == expected, "\(length) bytes, \(count) inputs")
        }
    }
}
