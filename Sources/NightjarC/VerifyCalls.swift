import CNightjar
import Nightjar
import NightjarCore

@c @implementation package func nj_verify(
    _ hasher: OpaquePointer!, _ verdict: UnsafeMutablePointer<Int32>!, _ share: UnsafePointer<nj_share>!
) -> Int32 {
    status { () throws(NightjarError) in
        let hasher: HasherObject = try Objects.object(hasher)
        let verdict = try NightjarError.required(verdict)
        let share = try Structures.read(try NightjarError.required(share))
        let claim = try claim(share, hasher)
        if let refusal = claim.refusal {
            verdict.pointee = refusal.verdict.cValue
        } else {
            let digest = try hasher.digest(of: bytes(share.input, share.input_size), height: share.height)
            verdict.pointee = claim.verification(by: digest).verdict.cValue
        }
    }
}

@c @implementation package func nj_verify_batch(
    _ hasher: OpaquePointer!, _ verdicts: UnsafeMutablePointer<Int32>!, _ statuses: UnsafeMutablePointer<Int32>!,
    _ shares: UnsafePointer<nj_share>!, _ count: Int
) -> Int32 {
    status { () throws(NightjarError) in
        guard count != 0 else { return }
        let hasher: HasherObject = try Objects.object(hasher)
        let verdicts = try NightjarError.required(verdicts)
        let shares = try NightjarError.required(shares)
        guard count > 0 else { throw .badArgument }
        // The caller's structures may be larger.
        let stride = try Structures.size(shares)
        var failures: [Batch.Failure] = []
        // The claims that only hashing can judge, and their places.
        var claims: [ClaimedShare] = []
        var places: [Int] = []
        var addresses: [UnsafePointer<UInt8>?] = []
        var heights: [UInt64] = []
        for index in 0..<count {
            verdicts[index] = Verdict.wrongResult.cValue
            let pointer = UnsafeRawPointer(shares).advanced(by: index * stride).assumingMemoryBound(to: nj_share.self)
            let share = try Structures.read(pointer)
            do throws(NightjarError) {
                let claim = try claim(share, hasher)
                if let refusal = claim.refusal {
                    verdicts[index] = refusal.verdict.cValue
                } else {
                    claims.append(claim)
                    places.append(index)
                    addresses.append(share.input)
                    heights.append(share.height)
                }
            } catch { failures.append((index..<index + 1, .badInput)) }
        }
        var digests = [UInt8](repeating: 0, count: 32 * claims.count)
        let failed = addresses.withUnsafeBufferPointer { addresses in
            claims.map(\.work.input.count).withUnsafeBufferPointer { sizes in
                heights.withUnsafeBufferPointer { heights in
                    digests.withUnsafeMutableBufferPointer { digests -> [Batch.Failure] in
                        // An empty array's address may be missing.
                        guard let addresses = addresses.baseAddress, let sizes = sizes.baseAddress,
                            let digests = digests.baseAddress
                        else { return [] }
                        return hasher.hash(
                            Batch(
                                addresses: addresses, sizes: sizes, heights: heights.baseAddress, digests: digests,
                                count: claims.count))
                    }
                }
            }
        }
        for (number, place) in places.enumerated() {
            let digest = Digest(digests[32 * number..<32 * number + 32]) ?? Digest()
            verdicts[place] = claims[number].verification(by: digest).verdict.cValue
        }
        for (items, error) in failed {
            for number in items {
                verdicts[places[number]] = Verdict.wrongResult.cValue
                failures.append((places[number]..<places[number] + 1, error))
            }
        }
        try Batch.tell(failures, statuses, count)
    }
}

/// The claim that a structure makes.
private func claim(_ share: nj_share, _ hasher: HasherObject) throws(NightjarError) -> ClaimedShare {
    try ClaimedShare(
        algorithm: hasher.algorithm, input: input(hasher.algorithm, share.input, share.input_size), seed: [],
        height: share.height, result: Digest(tuple: share.result), rawHash: Digest(tuple: share.commitment),
        target: Target(words: Digest(tuple: share.target).words))
}

/// `uint8_t[32]`, as Swift imports it.
typealias CDigest = (
    UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8,
    UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
)

extension Digest {
    init(tuple: CDigest) {
        self.init()
        let words = withUnsafeBytes(of: tuple) { bytes in
            (0..<4).map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)) }
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }
}

extension Verdict {
    /// The same verdict in the header.
    var cValue: Int32 {
        switch self {
        case .ok: Int32(NJ_VERDICT_OK)
        case .wrongResult: Int32(NJ_VERDICT_WRONG_RESULT)
        case .aboveTarget: Int32(NJ_VERDICT_ABOVE_TARGET)
        case .wrongCommitment: Int32(NJ_VERDICT_WRONG_COMMITMENT)
        }
    }
}
