import NightjarCore
import NightjarJSON

/// Reads a pool's job object.
package struct JobReader: Sendable {
    /// Limits on data from outside. The connection is closed when data passes them.
    package static let maximumIDLength = 256
    package static let blobLengths = 43...407
    package static let heightLimit: UInt64 = 1 << 40

    /// The algorithms that the devices can run. A job of any other algorithm is refused by name.
    package var algorithms: [Algorithm]
    /// The user's choice: the algorithm of jobs that name none.
    package var preferred: Algorithm?
    /// The pool fixes the nonce's highest byte, even where the blob does not show it.
    package var niceHash: Bool

    package init(algorithms: [Algorithm], preferred: Algorithm? = nil, niceHash: Bool = false) {
        self.algorithms = algorithms
        self.preferred = preferred
        self.niceHash = niceHash
    }

    /// What a pool sent as a job. Two jobs with the same contents are one job: pools repeat jobs, also after a
    /// reconnect.
    package struct Contents: Sendable, Hashable {
        package let name: String
        package let unit: WorkUnit
        package let target: Target
        package let height: UInt64?
        package let nextEpoch: Epoch?
    }

    /// A job with its name as it stood on the wire: a pool that sent a number wants the number back.
    package struct Read: WireJob {
        package let contents: Contents
        package let wireID: JSON
        package var name: String { contents.name }

        /// The job with its identity in this process.
        package func job(_ id: JobID) -> DialectJob {
            let job = Job(
                id: id, algorithm: contents.unit.work.algorithm, source: SingleWork(contents.unit),
                target: contents.target, nextEpoch: contents.nextEpoch)
            return DialectJob(
                job: job, name: OutsideText(theirs: name, limit: JobReader.maximumIDLength), height: contents.height,
                difficulty: contents.target.poolDifficulty, parent: parent)
        }

        /// The id of the block before; `nil` for algorithms whose blobs have another form.
        private var parent: [UInt8]? {
            let work = contents.unit.work
            return work.algorithm.blob.nonceOffset == nil ? BlockBlob(work.input)?.previousID : nil
        }
    }

    /// - Parameter params: the job object of a login reply or a `job` notification.
    /// - Throws: ``JobError`` for a job that the session ignores; ``WireFault`` for one that passes the limits.
    package func read(_ params: JSON) throws -> Read {
        guard params.object != nil else {
            throw JobError(job: nil, reason: "\(ours: params.kind) instead of an object")
        }
        guard let wireID = params["job_id"] else { throw JobError(job: nil, reason: "no job_id") }
        let id = try Self.identifier(wireID, field: "job_id")
        func refuse(_ reason: OutsideText) -> JobError { JobError(job: id, reason: reason) }

        let algorithmName = try text(params, "algo", refuse)
        let targetText = try text(params, "target", refuse)
        guard let blobText = try text(params, "blob", refuse) else { throw refuse("no blob") }
        guard let targetText else { throw refuse("no target") }

        guard blobText.utf8.count.isMultiple(of: 2), let blob = Hex.decode(blobText) else {
            throw refuse("blob is not hex")
        }
        guard Self.blobLengths.contains(blob.count) else { throw WireFault.blobLength(blob.count) }
        let header = BlockBlob(blob)
        guard let target = Target(poolHex: targetText) else {
            throw refuse("target '\(theirs: targetText, 40)' is not 8 or 16 hex digits above zero")
        }

        var height: UInt64?
        if let value = params["height"] {
            guard let number = value.uint64 else { throw refuse("height is \(Self.wrong(value))") }
            guard number < Self.heightLimit else { throw WireFault.heightTooHigh(number) }
            height = number
        }

        let algorithm = try algorithm(named: algorithmName, header: header, refuse)
        guard let nonceOffset = algorithm.blob.nonceOffset ?? header?.nonceOffset else {
            throw refuse("blob has no block header")
        }
        guard nonceOffset + 4 <= blob.count else { throw refuse("blob has no nonce at byte \(nonceOffset)") }
        let seed = try hash(params, "seed_hash", refuse)
        let nextSeed = try hash(params, "next_seed_hash", refuse)

        let nonceBytes = blob[nonceOffset..<nonceOffset + 4]
        let highByte = blob[nonceOffset + 3]
        let nonces: NonceSpace =
            niceHash || nonceBytes.contains { $0 != 0 } ? .niceHash(highByte: highByte) : .full
        do {
            let work = try Work(
                algorithm: algorithm, input: blob, nonceOffset: nonceOffset,
                epoch: try Epoch(algorithm, height: height, seed: seed))
            let contents = Contents(
                name: id, unit: WorkUnit(work, nonces: nonces), target: target, height: height,
                nextEpoch: nextSeed.map { .seed($0) })
            return Read(contents: contents, wireID: wireID)
        } catch {
            throw refuse(OutsideText(ours: error.description))
        }
    }

    private func algorithm(named name: String?, header: BlockBlob?, _ refuse: (OutsideText) -> JobError) throws
        -> Algorithm
    {
        guard let name, !name.isEmpty else {
            let algorithm: Algorithm
            if let preferred {
                algorithm = preferred
            } else {
                guard let header else { throw refuse("blob has no block header") }
                do { algorithm = try MoneroFork.algorithm(version: header.majorVersion) } catch {
                    throw refuse("it names no algorithm, and \(ours: error)")
                }
            }
            guard algorithms.contains(algorithm) else { throw refuse("no chosen device runs \(ours: algorithm)") }
            return algorithm
        }
        guard let algorithm = Catalog.algorithm(named: name) else {
            throw refuse("unknown algorithm '\(theirs: name, 40)'")
        }
        guard algorithm.dialect == .monero else { throw refuse("jobs for \(ours: algorithm) have another form") }
        guard algorithms.contains(algorithm) else { throw refuse("no chosen device runs \(ours: algorithm)") }
        return algorithm
    }

    private func text(_ params: JSON, _ field: String, _ refuse: (OutsideText) -> JobError) throws -> String? {
        guard let value = params[field] else { return nil }
        guard let text = value.string else { throw refuse("\(ours: field) is \(Self.wrong(value))") }
        return text
    }

    /// 32 bytes of hex; null and "" mean absent.
    private func hash(_ params: JSON, _ field: String, _ refuse: (OutsideText) -> JobError) throws -> [UInt8]? {
        guard let text = try text(params, field, refuse), !text.isEmpty else { return nil }
        guard let bytes = Hex.decode(text) else { throw refuse("\(ours: field) is not hex") }
        guard bytes.count == 32 else { throw refuse("\(ours: field) has \(bytes.count) bytes, not 32") }
        return bytes
    }

    /// An opaque id: a string, or from some pools a number.
    package static func identifier(_ value: JSON, field: String) throws -> String {
        let text: String
        switch value {
        case .string(let string): text = string
        case .number(let literal): text = literal
        default: throw JobError(job: nil, reason: "\(ours: field) is \(wrong(value))")
        }
        guard text.utf8.count <= maximumIDLength else {
            throw WireFault.idTooLong(field: field, bytes: text.utf8.count)
        }
        guard !text.isEmpty else { throw JobError(job: nil, reason: "\(ours: field) is empty") }
        return text
    }

    private static func wrong(_ value: JSON) -> OutsideText {
        if case .number(let literal) = value { "the number \(theirs: literal, 24)" } else { "\(ours: value.kind)" }
    }
}
