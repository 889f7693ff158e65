import Foundation
import NightjarCore
import NightjarWire

/// The known answers in `Tests/Vectors`, and the one decoder for them.
public enum Vectors {
    /// One row of a family's file, such as `cryptonight.json`.
    public struct Hash: Decodable, Sendable, CustomStringConvertible {
        public let algorithm: String
        public let input: HexBytes
        public let height: UInt64?
        public let seed: HexBytes?
        public let hash: HexBytes
        public let commitment: HexBytes?

        public var description: String { "\(algorithm), \(input.bytes.count) bytes, \(hash)" }
    }

    /// One row of `bench.json`.
    public struct Checksum: Decodable, Sendable, CustomStringConvertible {
        public let algorithm: String
        public let hashes: Int
        public let checksum: String

        public var description: String { "\(algorithm) × \(hashes)" }
    }

    /// One row of `primitives.json` that maps an input to a hash.
    public struct Primitive: Decodable, Sendable, CustomStringConvertible {
        public let algorithm: String
        public let input: HexBytes
        public let hash: HexBytes
        public let round_key: HexBytes?

        public var description: String { "\(algorithm), \(input.bytes.count) bytes" }
    }

    /// One row of `primitives.json` for Argon2d's memory fill: blocks of 1 KiB, of which the first 64 bytes are named.
    public struct Argon2dFill: Decodable, Sendable {
        public let key: HexBytes
        public let salt: HexBytes
        public let memory_kib: Int
        public let passes: Int
        public let lanes: Int
        /// The 64-byte prehash.
        public let h0: HexBytes
        public let initial_block0_first64: HexBytes
        public let initial_block1_first64: HexBytes
        public let filled_block0_first64: HexBytes
        public let filled_block1_first64: HexBytes
        public let filled_last_block_first64: HexBytes
        public let matrix_blake2b256: HexBytes
    }

    /// The rows of `primitives.json` for Argon2d's memory fill.
    public static func argon2dFills() throws -> [Argon2dFill] { try primitives("argon2d-fill", as: Argon2dFill.self) }

    /// The rows of a family's file for one algorithm.
    public static func hashes(_ algorithm: String) throws -> [Hash] {
        // A family of one algorithm has a file by its name.
        let families = ["cn": "cryptonight", "rx": "randomx"]
        let file = families[String(algorithm.prefix(2))] ?? algorithm
        return try rows(file, of: Hash.self).filter { $0.algorithm == algorithm }
    }

    /// The rows of `bench.json` for one algorithm.
    public static func checksums(_ algorithm: String) throws -> [Checksum] {
        try rows("bench", of: Checksum.self).filter { $0.algorithm == algorithm }
    }

    /// The rows of `primitives.json` for one primitive, by its name there.
    public static func primitives<Row: Decodable>(_ name: String, as: Row.Type = Primitive.self) throws -> [Row] {
        try object("primitives").filter { $0["algorithm"] as? String == name }.map {
            try JSONDecoder().decode(Row.self, from: JSONSerialization.data(withJSONObject: $0))
        }
    }

    /// The bytes of a file of `Tests/Vectors`, for tests that decode a shape of their own.
    public static func data(_ file: String) throws -> Data {
        try Data(contentsOf: directory.appendingPathComponent(file + ".json"))
    }

    /// Where a file of `Tests/Vectors` is, for tests that give it to a program.
    public static func path(_ file: String) -> String { directory.appendingPathComponent(file).path }

    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Vectors")

    private struct File<Row: Decodable>: Decodable { let vectors: [Row] }

    private static func rows<Row: Decodable>(_ file: String, of: Row.Type) throws -> [Row] {
        try JSONDecoder().decode(File<Row>.self, from: data(file)).vectors
    }

    private static func object(_ file: String) throws -> [[String: Any]] {
        let top = try JSONSerialization.jsonObject(with: data(file)) as? [String: Any]
        return top?["vectors"] as? [[String: Any]] ?? []
    }
}

/// Bytes that stand in JSON as hex.
public struct HexBytes: Decodable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let bytes = Hex.decode(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hex")
        }
        self.bytes = bytes
    }

    public var description: String { Hex.encode(bytes) }
}
