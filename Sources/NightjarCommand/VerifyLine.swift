import NightjarCore
import NightjarJSON
import NightjarWire

/// One line of `nightjar verify`: a share, as a JSON object.
struct VerifyLine: Equatable {
    let share: ClaimedShare
    /// Whether no hash meets the line's target: a job's target of zero.
    let isHopeless: Bool

    /// - Parameters:
    ///   - seed: for lines without one.
    /// - Throws: when the share cannot be checked.
    init(_ line: [UInt8], _ algorithm: Algorithm, seed: [UInt8]?) throws(LineError) {
        let json: JSON
        do { json = try JSONReader.read(line, .unambiguous) } catch {
            if case .twice = error.problem { throw LineError(reason: "a name stands twice in the object") }
            throw LineError(reason: error.description)
        }
        guard json.object != nil else { throw LineError(reason: "a JSON object is needed, not \(json.kind)") }
        let (target, isHopeless) = try Self.target(json, algorithm)
        self.isHopeless = isHopeless
        guard let blob = try Self.bytes(json, "blob") else { throw LineError(reason: "\"blob\" is missing") }
        guard let result = try Self.digest(json, "result") else {
            throw LineError(reason: "\"result\" is missing")
        }
        let rawHash = algorithm.hasCommitment ? try Self.digest(json, "commitment") : nil
        if algorithm.hasCommitment, rawHash == nil {
            throw LineError(reason: "\"commitment\" is missing: \(algorithm) needs the hash beside the result")
        }
        var height: UInt64?
        if let value = json["height"] {
            guard let number = value.uint64 else {
                throw LineError(reason: "\"height\": a whole number below 2^64 is needed")
            }
            height = number
        }
        let ownSeed = try Self.bytes(json, "seed")
        do {
            share = try ClaimedShare(
                algorithm: algorithm, input: blob, seed: ownSeed ?? seed, height: height, result: result,
                rawHash: rawHash, target: target)
        } catch { throw LineError(reason: error.description) }
    }

    private static func text(_ json: JSON, _ name: String) throws(LineError) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.string else {
            throw LineError(reason: "\"\(name)\": a string is needed, not \(value.kind)")
        }
        return text
    }

    private static func bytes(_ json: JSON, _ name: String) throws(LineError) -> [UInt8]? {
        guard let text = try text(json, name) else { return nil }
        guard let bytes = Hex.decode(text) else { throw LineError(reason: "\"\(name)\": bad hex") }
        return bytes
    }

    private static func digest(_ json: JSON, _ name: String) throws(LineError) -> Digest? {
        guard let text = try text(json, name) else { return nil }
        guard let digest = Digest(hex: text) else {
            throw LineError(reason: "\"\(name)\": 64 hex digits are needed")
        }
        return digest
    }

    /// The target, and whether no hash meets it; `nil` when the line has none.
    private static func target(
        _ json: JSON, _ algorithm: Algorithm
    ) throws(LineError) -> (target: Target?, isHopeless: Bool) {
        if let difficulty = json["difficulty"] {
            guard json["target"] == nil else {
                throw LineError(reason: "\"target\" and \"difficulty\": only one of them may be given")
            }
            return (try target(difficulty: difficulty, algorithm), false)
        }
        guard let text = try text(json, "target") else { return (nil, false) }
        guard let bytes = Hex.decode(text), [4, 8, 32].contains(bytes.count) else {
            throw LineError(reason: "\"target\": 8, 16 or 64 hex digits are needed")
        }
        if bytes.count == 32 { return (Target(littleEndian: bytes), false) }
        let target = Target(poolHex: text)
        return (target, target == nil)
    }

    private static func target(difficulty: JSON, _ algorithm: Algorithm) throws(LineError) -> Target {
        guard case .number(let text) = difficulty else {
            throw LineError(reason: "\"difficulty\": a number is needed, not \(difficulty.kind)")
        }
        switch algorithm.dialect {
        case .monero:
            guard let number = UInt128(text), let difficulty = Difficulty(number) else {
                throw LineError(reason: "\"difficulty\": a whole number from 1 to 2^128 - 1 is needed")
            }
            return Target(difficulty: difficulty)
        case .bitcoin:
            guard let difficulty = BitcoinDifficulty.Unit(algorithm).difficulty(text: text) else {
                throw LineError(reason: "\"difficulty\": a number above zero that a hash can meet is needed")
            }
            return difficulty.target
        }
    }
}
