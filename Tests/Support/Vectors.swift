import Foundation
import NightjarCore

/// The known answers in `Tests/Vectors`, and the one decoder for them.
public enum Vectors {
    /// One row of `cryptonight.json` or `randomx.json`.
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

    /// The rows of `cryptonight.json` and `randomx.json` for one algorithm.
    public static func hashes(_ algorithm: String) throws -> [Hash] {
        let file = algorithm.hasPrefix("rx/") ? "randomx" : "cryptonight"
        return try rows(file, of: Hash.self).filter { $0.algorithm == algorithm }
    }

    /// The rows of `bench.json` for one algorithm.
    public static func checksums(_ algorithm: String) throws -> [Checksum] {
        try rows("bench", of: Checksum.self).filter { $0.algorithm == algorithm }
    }

    /// The rows of `primitives.json` for one primitive, by its name there.
    public static func primitives(_ name: String) throws -> [Primitive] {
        try object("primitives").filter { $0["algorithm"] as? String == name }.map {
            try JSONDecoder().decode(Primitive.self, from: JSONSerialization.data(withJSONObject: $0))
        }
    }

    /// The bytes of a file of `Tests/Vectors`, for tests that decode a shape of their own.
    public static func data(_ file: String) throws -> Data {
        try Data(contentsOf: directory.appendingPathComponent(file + ".json"))
    }

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
