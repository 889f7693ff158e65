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

    /// Inputs are hashed as far as they are alike. No digest is written behind the first one of another kind.
    @Test(arguments: SHA256dCode.available)
    func aCallEndsAtTheFirstInputOfAnotherKind(_ code: SHA256dCode) {
        var random = SeededGenerator()
        let job = random.bytes(76)
        for length in [80, 64, 33] {
            let inputs = (0..<200).map { _ in Array((job + random.bytes(4)).suffix(length)) }
            let expected = Self.expected(inputs)
            for bad in 1..<200 where bad % 7 == 3 || bad < 3 || bad > 196 {
                for kind in Other.allCases {
                    let digests = Self.digests(inputs, code, bad, kind)
                    let rest = [Digest](repeating: Digest(), count: 200 - bad)
                    #expect(digests == expected[..<bad] + rest, "\(length) bytes, input \(bad), \(kind)")
                }
            }
            for kind in [Other.noAddress, .negativeSize, .tooLong] {
                #expect(Self.digests(inputs, code, 0, kind) == [Digest](repeating: Digest(), count: 200), "\(kind)")
            }
        }
    }

    /// What an input has that ends a call.
    private enum Other: CaseIterable { case size, noAddress, negativeSize, tooLong }

    /// Of inputs of one length, which stand one after the other in memory that ends where the last one ends.
    ///
    /// - Parameters:
    ///   - bad: the input that is made another kind; `nil` for none. Those before it are hashed.
    private static func digests(
        _ inputs: [[UInt8]], _ code: SHA256dCode, _ bad: Int? = nil, _ kind: Other = .size
    ) -> [Digest] {
        let length = inputs[0].count, longest = 1000
        var digests = [Digest](repeating: Digest(), count: inputs.count)
        // Empty ones need an address too.
        let bytes = length == 0 ? [0] : Array(inputs.joined())
        var sizes = inputs.map(\.count)
        bytes.withUnsafeBufferPointer { bytes in
            var places = inputs.indices.map { index in bytes.baseAddress.map { $0 + index * length } }
            if let bad {
                switch kind {
                case .size: sizes[bad] += 1
                case .noAddress: places[bad] = nil
                case .negativeSize: sizes[bad] = -length
                case .tooLong: sizes[bad] = longest + 1
                }
            }
            places.withUnsafeBufferPointer { places in
                sizes.withUnsafeBufferPointer { sizes in
                    digests.withUnsafeMutableBufferPointer { digests in
                        var done = 0
                        while done < bad ?? inputs.count || done == 0 {
                            let made = SHA256d.hash(
                                UnsafeBufferPointer(rebasing: places[done...]),
                                sizes: UnsafeBufferPointer(rebasing: sizes[done...]), longest: longest, code,
                                into: UnsafeMutableBufferPointer(rebasing: digests[done...]))
                            guard made > 0 else { break }
                            done += made
                        }
                    }
                }
            }
        }
        return digests
    }
}
