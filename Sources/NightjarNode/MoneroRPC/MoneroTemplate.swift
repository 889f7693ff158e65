import NightjarCore
import NightjarJSON
import NightjarWire

/// A block to mine, from a node's `get_block_template`.
package struct MoneroTemplate: BlockTemplate {
    package let job: UpstreamJob
    private let work: Work
    /// The whole block. Its nonce stands at the same offset as in the hashing blob.
    package let block: [UInt8]
    let header: BlockBlob
    package let height: UInt64
    package let previousHash: String
    package var size: Int { block.count }

    /// - Parameter id: a name for the job.
    package init(_ result: JSON, id: String, options: UpstreamOptions) throws {
        func bytes(_ field: String) throws -> [UInt8] {
            guard let text = result[field]?.string else { throw NodeTemplateError("no \(ours: field)") }
            guard let bytes = Hex.decode(text) else { throw NodeTemplateError("\(ours: field) is not hex") }
            return bytes
        }
        func hash(_ field: String) throws -> [UInt8]? {
            guard let value = result[field], value != .string("") else { return nil }
            guard let bytes = value.string.flatMap({ Hex.decode($0) }), bytes.count == 32 else {
                throw NodeTemplateError("\(ours: field) is not 64 hex digits")
            }
            return bytes
        }
        let blob = try bytes("blockhashing_blob")
        block = try bytes("blocktemplate_blob")
        guard JobReader.blobLengths.contains(blob.count), let header = BlockBlob(blob) else {
            throw NodeTemplateError("blockhashing_blob of \(blob.count) bytes has no block header")
        }
        // The nonce goes into both at the same offset, so their headers must be equal.
        guard BlockBlob(block) == header else { throw NodeTemplateError("its two blobs have different headers") }
        guard let height = result["height"]?.uint64, height < JobReader.heightLimit else {
            throw NodeTemplateError("bad height")
        }
        guard let difficulty = Self.difficulty(result) else {
            throw NodeTemplateError("difficulty is not between 1 and 2^128")
        }
        let algorithm: Algorithm
        do { algorithm = try MoneroFork.algorithm(version: header.majorVersion) } catch {
            throw NodeTemplateError("\(ours: error)")
        }
        guard options.algorithms.contains(algorithm) else {
            throw NodeTemplateError("no chosen device runs \(ours: algorithm)")
        }
        if let wanted = options.algorithm, wanted != algorithm {
            throw NodeTemplateError("the chain's algorithm is \(ours: algorithm), not \(ours: wanted)")
        }
        self.header = header
        self.height = height
        // As the node writes it, to be compared with its later answers.
        previousHash =
            try hash("prev_hash") == nil
            ? Hex.encode(header.previousID) : result["prev_hash"]?.string ?? ""
        do {
            work = try Work(
                algorithm: algorithm, input: blob, nonceOffset: header.nonceOffset,
                epoch: try Epoch(algorithm, height: height, seed: try hash("seed_hash")))
            job = UpstreamJob(
                job: Job(
                    name: id, work: work, target: Target(difficulty: difficulty),
                    nextEpoch: try hash("next_seed_hash").map { .seed($0) }),
                height: height, difficulty: PoolDifficulty(hashes: difficulty.value))
        } catch let error as NightjarError {
            throw NodeTemplateError("\(ours: error)")
        }
    }

    package func block(of share: Share) -> [UInt8]? { block(nonce: share.nonce) }

    package func id(of share: Share) -> String { id(nonce: share.nonce) }

    /// The block with its nonce, ready to submit.
    package func block(nonce: UInt32) -> [UInt8] { header.setting(nonce: nonce, in: block) }

    /// The block's id with this nonce, in lower-case hex.
    package func id(nonce: UInt32) -> String { Hex.encode(BlockID.of(hashingBlob: work.input(nonce: nonce))) }

    /// A difficulty has 128 bits: `wide_difficulty` in hex, or `difficulty` and `difficulty_top64`.
    private static func difficulty(_ result: JSON) -> Difficulty? {
        if let wide = result["wide_difficulty"]?.string {
            guard wide.hasPrefix("0x"), wide.dropFirst(2).utf8.first != UInt8(ascii: "+") else { return nil }
            return UInt128(wide.dropFirst(2), radix: 16).flatMap { Difficulty($0) }
        }
        guard let low = result["difficulty"]?.uint64 else { return nil }
        return Difficulty(UInt128(result["difficulty_top64"]?.uint64 ?? 0) << 64 | UInt128(low))
    }
}
