import NightjarAlgorithms
import NightjarCore
import NightjarDevices

extension Lane {
    /// Hashes every known answer of `algorithm` on this lane, and makes a checksum of the last.
    ///
    /// - Parameter isCancelled: asked between two answers.
    /// - Returns: how many there are.
    /// - Throws: ``NightjarError``: ``NightjarError/Code/selftest`` at the first digest that is wrong, or if the
    ///   checksum is.
    func passKnownAnswers(
        of algorithm: Algorithm, on device: DeviceID, isCancelled: () -> Bool = { false }
    ) throws(NightjarError) -> Int {
        do { return try checkKnownAnswers(of: algorithm, on: device, isCancelled) } catch {
            throw NightjarError(error, on: device)
        }
    }

    private func checkKnownAnswers(
        of algorithm: Algorithm, on device: DeviceID, _ isCancelled: () -> Bool
    ) throws -> Int {
        let answers = KnownAnswers.answers(for: algorithm)
        guard let last = answers.last else {
            throw NightjarError.unsupported(
                algorithm: algorithm.name, device: device, reason: "this build knows no answer to check it with")
        }
        for answer in answers {
            if isCancelled() { throw NightjarError.cancelled }
            let digest = try digest(of: answer.work)
            guard digest == answer.digest else {
                throw NightjarError.wrongHash(
                    algorithm: algorithm.name, device: device,
                    reason: "\(answer.work.input.count) bytes whose digest is \(answer.digest) gave \(digest)")
            }
        }
        // The lane is prepared for it. A benchmark sees nothing but checksums.
        let (checksum, expected) = (try self.checksum(0..<1), last.work.proof(last.digest).compared.work)
        guard checksum == expected else {
            throw NightjarError.wrongHash(
                algorithm: algorithm.name, device: device,
                reason: "the checksum of a hash is \(Hex.encodeUpper(checksum)), "
                    + "and should be \(Hex.encodeUpper(expected))")
        }
        return answers.count
    }

    /// Prepares for `work`, which has no place for a nonce, and hashes it.
    func digest(of work: Work) throws -> Digest {
        try prepare(work)
        return try digest(nonce: 0)
    }

    /// The digest for one nonce of the work that the lane is prepared for.
    func digest(nonce: UInt32) throws -> Digest {
        var digest = Digest()
        try withUnsafeMutablePointer(to: &digest) { pointer in
            try digests(
                UInt64(nonce)..<UInt64(nonce) + 1, into: UnsafeMutableBufferPointer(start: pointer, count: 1))
        }
        return digest
    }
}
