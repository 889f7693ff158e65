/// A proof-of-work algorithm: its wire name, and what a backend must know to run it.
///
/// ``Algorithm/all`` lists them. Other packages cannot make one, because a device can run only those that code was
/// written for.
public struct Algorithm: Sendable, CustomStringConvertible {
    /// The name that pools and miners use, lower case: `cn/r`, `rx/0`.
    public let name: String
    /// What tells it from others of its family: a value of the family's own type.
    package let parameters: any AlgorithmParameters
    /// The form of the blobs that its jobs carry.
    package let blob: BlobForm
    /// Whether a target is compared with a commitment to input and hash, rather than with the hash: see ``Proof``.
    // Stored: lanes ask once a hash, and a family's own answer is a call through a table.
    package let hasCommitment: Bool

    /// What a job must carry beside its blob.
    public enum Need: String, Sendable, Hashable {
        /// The block height, which chooses a random program.
        case height
        /// The RandomX key.
        case seed
    }

    /// What pools and nodes for an algorithm speak.
    public enum Dialect: String, Sendable, Hashable {
        /// Stratum as Monero's pools speak it, and monerod's RPC.
        case monero
        /// Stratum v1, and getblocktemplate.
        case bitcoin
    }

    /// Where a blob has its nonce.
    package struct BlobForm: Sendable, Hashable {
        /// Bytes before the nonce; `nil` for a CryptoNote block header (CNS003), whose integers of variable length
        /// stand before it and must be read.
        package let nonceOffset: Int?
        /// Bytes of a benchmark's input.
        package let benchmarkLength: Int

        package init(nonceOffset: Int?, benchmarkLength: Int) {
            precondition(benchmarkLength >= (nonceOffset ?? 39) + 4)
            self.nonceOffset = nonceOffset
            self.benchmarkLength = benchmarkLength
        }

        /// A CryptoNote block header with the number of transactions and their root.
        package static let cryptonote = BlobForm(nonceOffset: nil, benchmarkLength: 112)
        /// A block header of 80 bytes, which ends with the nonce.
        package static let bitcoin = BlobForm(nonceOffset: 76, benchmarkLength: 80)
    }

    package init(name: String, parameters: some AlgorithmParameters, blob: BlobForm = .cryptonote) {
        self.name = name
        self.parameters = parameters
        self.blob = blob
        hasCommitment = parameters.hasCommitment
    }

    public var description: String { name }

    /// The family's name in machine-readable output: `cryptonight`, `randomx`, `sha256d`, `scrypt`.
    public var family: String { type(of: parameters).family }

    /// What its pools and nodes speak.
    public var dialect: Dialect { parameters.dialect }

    /// Bytes of scratchpad that one hash in flight needs; 0 when it needs none.
    public var memory: Int { parameters.scratchpad ?? 0 }

    /// What a job must carry beside its blob, in the order in which it is printed.
    public var needs: [Need] { parameters.need.map { [$0] } ?? [] }

    /// The numbers of input bytes that the algorithm is defined for.
    public var inputLengths: ClosedRange<Int> { parameters.inputLengths }

    /// Where the 32-bit little-endian nonce stands in a block header as a rule, in bytes.
    public var nonceOffset: Int { benchmarkInput.nonceOffset }

    /// How long the benchmark's input is, and where the nonce stands in it, in bytes. A CryptoNote header's nonce is at
    /// byte 39 as a rule.
    package var benchmarkInput: (length: Int, nonceOffset: Int) { (blob.benchmarkLength, blob.nonceOffset ?? 39) }
}

extension Algorithm: Hashable {
    public static func == (a: Algorithm, b: Algorithm) -> Bool {
        a.name == b.name && a.blob == b.blob && a.parameters.isSame(as: b.parameters)
    }

    /// Names tell nearly all algorithms apart.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
