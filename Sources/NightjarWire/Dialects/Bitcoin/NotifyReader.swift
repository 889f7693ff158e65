import NightjarCore
import NightjarJSON

/// Reads the parameters of `mining.notify`, and of the messages that decide about later jobs.
package struct NotifyReader: Sendable {
    /// A tree of so many branches has more transactions than a block has room for.
    package static let mostBranches = 32
    package static let extranonce1Sizes = 0...16
    package static let extranonce2Sizes = 0...32

    package var extranonce: Extranonce
    package var mask: UInt32?
    package var difficulty: BitcoinDifficulty

    /// A connection's part of the coinbase transaction, and the room for the miner's.
    package struct Extranonce: Sendable, Hashable {
        package let first: [UInt8]
        /// Bytes of extra nonce 2.
        package let size: Int

        /// - Parameters:
        ///   - first: extra nonce 1 in hex; none at all is a valid one.
        ///   - size: a number, or a text that is one.
        /// - Throws: ``JobError`` for anything else, and beyond the bounds.
        package init(_ first: JSON?, size: JSON?) throws(JobError) {
            func refuse(_ reason: OutsideText) -> JobError { JobError(job: nil, reason: reason) }
            guard let text = first?.string else { throw refuse("extranonce1 is \(NotifyReader.wrong(first))") }
            guard let bytes = Hex.decode(text) else { throw refuse("extranonce1 is not hex") }
            guard extranonce1Sizes.contains(bytes.count) else {
                throw refuse("extranonce1 has \(bytes.count) bytes; the limit is \(extranonce1Sizes.upperBound)")
            }
            let number = size?.uint64 ?? size?.string.flatMap { UInt64($0) }
            guard let number else { throw refuse("extranonce2's size is \(NotifyReader.wrong(size))") }
            guard number <= extranonce2Sizes.upperBound else {
                throw refuse("extranonce2 has \(number) bytes; the limit is \(extranonce2Sizes.upperBound)")
            }
            self.first = bytes
            self.size = Int(number)
        }

        /// - Parameter reply: the result of `mining.subscribe`: subscriptions, extra nonce 1 and the size of extra nonce
        ///   2. Pools nest the subscriptions or don't, and some leave them out.
        package init(subscription reply: JSON) throws(JobError) {
            guard let values = reply.array else {
                throw JobError(job: nil, reason: "\(ours: reply.kind) instead of a list")
            }
            let last = values.count == 2 ? values[...] : values.dropFirst()
            try self.init(last.first, size: last.dropFirst().first)
        }
    }

    package init(extranonce: Extranonce, mask: UInt32?, difficulty: BitcoinDifficulty) {
        self.extranonce = extranonce
        self.mask = mask
        self.difficulty = difficulty
    }

    /// - Parameter params: `[job, previous hash, coinb1, coinb2, [branches], version, nbits, ntime, clean]`.
    /// - Throws: ``JobError`` for a job that the session ignores; ``WireFault`` for one that passes the limits.
    package func read(_ params: JSON) throws -> BitcoinJob {
        guard let values = params.array else {
            throw JobError(job: nil, reason: "\(ours: params.kind) instead of a list")
        }
        guard let wireName = values.first, !wireName.isNull else { throw JobError(job: nil, reason: "no job_id") }
        let name = try JobReader.identifier(wireName, field: "job_id")
        let fields = Fields(job: name, values: values)
        let previous = try fields.bytes(1, "prevhash")
        guard previous.count == 32 else { throw fields.refuse("prevhash has \(previous.count) bytes, not 32") }
        let branches = try fields.branches(4)
        try fields.flag(8, "clean_jobs")
        return BitcoinJob(
            name: name, wireName: wireName,
            template: HeaderTemplate(
                version: try fields.word(5, "version"),
                previous: HeaderTemplate.swapped(previous),
                coinbaseStart: try fields.bytes(2, "coinb1"), coinbaseEnd: try fields.bytes(3, "coinb2"),
                extranonce1: extranonce.first, extranonce2Size: extranonce.size, branches: branches,
                time: try fields.word(7, "ntime"), bits: try fields.word(6, "nbits")),
            mask: mask, difficulty: difficulty)
    }

    /// Whether a job that ``read(_:)`` has read says that shares of earlier jobs are worthless.
    static func isClean(_ params: JSON) -> Bool {
        guard let values = params.array, values.count > 8 else { return false }
        return values[8].bool ?? false
    }

    /// A mask of version bits: up to eight hex digits; `nil` for anything else.
    package static func mask(_ json: JSON?) -> UInt32? {
        guard let text = json?.string, (1...8).contains(text.utf8.count) else { return nil }
        return Hex.decode(String(repeating: "0", count: 8 - text.utf8.count) + text)?.reduce(0) { $0 << 8 | UInt32($1) }
    }

    static func wrong(_ value: JSON?) -> OutsideText {
        switch value {
        case nil: "missing"
        case .number(let literal)?: "the number \(theirs: literal, 24)"
        case .string(let text)?: "'\(theirs: text, 40)'"
        case let value?: "\(ours: value.kind)"
        }
    }

    /// A job's parameters, which have places and no names.
    private struct Fields {
        let job: String
        let values: [JSON]

        func refuse(_ reason: OutsideText) -> JobError { JobError(job: job, reason: reason) }

        private func value(_ place: Int) -> JSON? { place < values.count ? values[place] : nil }

        func bytes(_ place: Int, _ field: String) throws -> [UInt8] {
            guard let text = value(place)?.string else {
                throw refuse("\(ours: field) is \(NotifyReader.wrong(value(place)))")
            }
            guard let bytes = Hex.decode(text) else { throw refuse("\(ours: field) is not hex") }
            return bytes
        }

        /// A number of 32 bits, most significant byte first.
        func word(_ place: Int, _ field: String) throws -> UInt32 {
            let bytes = try bytes(place, field)
            guard bytes.count == 4 else { throw refuse("\(ours: field) has \(bytes.count) bytes, not 4") }
            return bytes.reduce(0) { $0 << 8 | UInt32($1) }
        }

        func branches(_ place: Int) throws -> [[UInt8]] {
            guard let list = value(place)?.array else {
                throw refuse("merkle_branch is \(NotifyReader.wrong(value(place)))")
            }
            guard list.count <= NotifyReader.mostBranches else {
                throw refuse("\(list.count) branches; the limit is \(NotifyReader.mostBranches)")
            }
            return try list.map { branch in
                guard let bytes = branch.string.flatMap({ Hex.decode($0) }), bytes.count == 32 else {
                    throw refuse("a branch is not 32 bytes of hex")
                }
                return bytes
            }
        }

        /// Its type is checked; see ``NotifyReader/isClean(_:)``.
        func flag(_ place: Int, _ field: String) throws {
            guard let value = value(place), !value.isNull else { return }
            guard value.bool != nil else { throw refuse("\(ours: field) is \(NotifyReader.wrong(value))") }
        }
    }
}
