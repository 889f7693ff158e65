import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// A lane that searches headers with the fastest code. Inputs of other shapes are hashed one by one in plain C: no pool
/// and no node has any, but ``digests(_:into:)`` serves them too.
package final class SHA256dLane: InputLane {
    /// About how long a batch takes, so that a new job is taken up quickly.
    private static let batchSeconds = 0.004
    /// The nonces of a batch of inputs that are hashed one by one.
    private static let otherBatch = 4096

    private let algorithm: Algorithm
    private let best: SHA256dChoice.Best
    private let search: SHA256dSearch
    /// The hashes of a batch of headers: whole steps of nearly every code.
    private let headerBatch: Int
    private let firstRemarks: [String]
    private let unit: Int?
    /// Whether the work is a header with the nonce at its end, which `search` is prepared for.
    private var isHeader = false
    /// How many headers are hashed side by side.
    private var works = 1
    /// The work's input, to put nonces into.
    private var input: [UInt8] = []
    private var nonceOffset: Int?

    /// - Parameters:
    ///   - remarks: the maker's remarks.
    ///   - unit: the processing unit to which the thread is bound; `nil` for none.
    package init(_ algorithm: Algorithm, _ best: SHA256dChoice.Best, remarks: [String], unit: Int? = nil) {
        self.algorithm = algorithm
        self.best = best
        search = SHA256dSearch(best.code)
        firstRemarks = remarks
        self.unit = unit
        headerBatch = max(1024, Int(best.hashesPerSecond * Self.batchSeconds) / 1024 * 1024)
    }

    package var batch: Int { isHeader ? headerBatch / works : Self.otherBatch }
    package var mostCandidates: Int { Self.otherBatch }
    package var remarks: [String] { firstRemarks + [best.remark] }
    package var facts: LaneFacts {
        LaneFacts(hashesAtOnce: best.code.hashesAtOnce, units: unit.map { [$0] } ?? [])
    }

    package func prepare(_ work: Work) { _ = prepare(work, siblings: []) }

    package func prepare(_ work: Work, siblings: [WorkUnit.Sibling]) -> Int {
        precondition(work.algorithm == algorithm, "a lane is made for one algorithm")
        // A copy of its own: the first nonce that is put into it would make one.
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: work.input)
        nonceOffset = work.nonceOffset
        isHeader = input.count == SHA256dSearch.headerSize && nonceOffset == SHA256dSearch.nonceOffset
        works = isHeader ? search.works(1 + siblings.count) : 1
        if isHeader { search.prepare([input] + siblings.prefix(works - 1).map(\.work.input)) }
        return works - 1
    }

    package func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) {
        // The audit is a part of the nonces, and every digest in it meets the easiest target.
        let audit = audit ?? nonces.upperBound..<nonces.upperBound
        find(nonces.lowerBound..<audit.lowerBound, top: target.top, into: &candidates)
        find(audit, top: .max, into: &candidates)
        find(audit.upperBound..<nonces.upperBound, top: target.top, into: &candidates)
    }

    private func find(_ nonces: Range<UInt64>, top: UInt64, into candidates: inout [Candidate]) {
        if isHeader {
            search.search(nonces, top: top) { nonce, work, digest in
                candidates.append(Candidate(nonce: nonce, sibling: work, digest: digest))
            }
        } else {
            for nonce in nonces {
                let digest = digest(nonce)
                if digest.work <= top {
                    candidates.append(Candidate(nonce: UInt32(truncatingIfNeeded: nonce), digest: digest))
                }
            }
        }
    }

    package func checksum(_ nonces: Range<UInt64>) -> UInt64 {
        isHeader ? search.checksum(nonces) : nonces.reduce(0) { $0 ^ digest($1).work }
    }

    package func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) {
        for (index, nonce) in nonces.enumerated() { digests[index] = digest(nonce) }
    }

    package func digests(of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>) {
        var first = 0
        while first < inputs.count {
            let rest = first..<inputs.count
            let done = goodDigests(
                of: inputs[rest], epoch, into: UnsafeMutableBufferPointer(rebasing: digests[rest]))
            // An empty input may have no address.
            if done == 0 { SHA256d.hash(inputs[first], into: &digests[first]) }
            first += max(1, done)
        }
    }

    package func goodDigests(
        of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>
    ) -> Int {
        var done = 0
        while done < inputs.count {
            let rest = inputs[done..<inputs.count]
            let more = SHA256d.hash(
                rest.addresses, sizes: rest.sizes, longest: algorithm.inputLengths.upperBound, best.code,
                into: UnsafeMutableBufferPointer(rebasing: digests[done...]))
            guard more > 0 else { break }
            done += more
        }
        return done
    }

    /// The digest of one nonce; of the input as it is when it has no place for one.
    private func digest(_ nonce: UInt64) -> Digest {
        if isHeader { return search.digest(UInt32(truncatingIfNeeded: nonce)) }
        if let nonceOffset {
            for byte in 0..<4 { input[nonceOffset + byte] = UInt8(truncatingIfNeeded: nonce >> UInt64(8 * byte)) }
        }
        var digest = Digest()
        input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest
    }
}
