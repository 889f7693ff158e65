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
            throw NightjarError.noKnownAnswer(algorithm, on: device)
        }
        for answer in answers {
            if isCancelled() { throw NightjarError.cancelled }
            try answer.check(digest(of: answer.work), algorithm, on: device)
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

    /// Hashes every known answer of `algorithm` on this lane as inputs, those of one epoch together: for a lane that hashes
    /// nothing else.
    ///
    /// - Throws: as ``passKnownAnswers(of:on:isCancelled:)``.
    func passKnownAnswersAsInputs(of algorithm: Algorithm, on device: DeviceID) throws(NightjarError) {
        var left = KnownAnswers.answers(for: algorithm)
        guard !left.isEmpty else { throw .noKnownAnswer(algorithm, on: device) }
        do {
            var room = InputRoom()
            while let epoch = left.first?.work.epoch {
                let answers = left.filter { $0.work.epoch == epoch }
                left.removeAll { $0.work.epoch == epoch }
                let list = InputList(answers.map(\.work.input), algorithm: algorithm, epoch: epoch)
                try room.hash([(list, list.take(.max))], on: self, algorithm)
                for (index, answer) in answers.enumerated() {
                    try answer.check(list.digest(index), algorithm, on: device)
                }
            }
        } catch { throw NightjarError(error, on: device) }
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

extension KnownAnswer {
    /// - Throws: ``NightjarError/Code/selftest`` when it is not the digest.
    fileprivate func check(_ found: Digest, _ algorithm: Algorithm, on device: DeviceID) throws(NightjarError) {
        guard found == digest else {
            throw .wrongHash(
                algorithm: algorithm.name, device: device,
                reason: "\(work.input.count) bytes whose digest is \(digest) gave \(found)")
        }
    }
}

extension NightjarError {
    fileprivate static func noKnownAnswer(_ algorithm: Algorithm, on device: DeviceID) -> NightjarError {
        .unsupported(
            algorithm: algorithm.name, device: device, reason: "this build knows no answer to check it with")
    }
}
