import NightjarCore
import NightjarJSON
import NightjarWire

/// Reads the members of a `getblocktemplate` result. Each error names the member.
struct BitcoinTemplateReader {
    private let result: JSON

    init(_ result: JSON) { self.result = result }

    /// - Parameter hex: it is a text of eight hex digits.
    func number(_ field: String, hex: Bool = false, least: UInt64 = 0, most: UInt64) throws -> UInt64 {
        guard let member = result[field] else { throw NodeTemplateError("no \(ours: field)") }
        var number = member.uint64
        if hex {
            let bytes = member.string.flatMap { Hex.decode($0) }
            number = bytes.flatMap { $0.count == 4 ? $0.reduce(0) { $0 << 8 | UInt64($1) } : nil }
        }
        guard let number, (least...most).contains(number) else { throw NodeTemplateError("bad \(ours: field)") }
        return number
    }

    /// A hash in the order of its bytes; nodes write them backwards.
    func hash(_ field: String) throws -> [UInt8] {
        guard let member = result[field] else { throw NodeTemplateError("no \(ours: field)") }
        return try Self.hash(member, field)
    }

    /// A signed number of 32 bits.
    func version() throws -> UInt32 {
        guard let number = result["version"]?.int64, let version = Int32(exactly: number) else {
            throw NodeTemplateError("bad version")
        }
        return UInt32(bitPattern: version)
    }

    /// Rules with a "!" change blocks in ways that a miner must know.
    func checkRules(_ coin: BitcoinCoin) throws {
        let rules = try texts("rules")
        for rule in rules where rule.hasPrefix("!") {
            let name = String(rule.dropFirst())
            if name == "signet" { throw NodeTemplateError("signet's blocks need signatures that only its owners make") }
            guard coin.rules.contains(name) else {
                throw NodeTemplateError("it needs the rule '\(theirs: name, 40)', which Nightjar does not know")
            }
        }
    }

    /// The ids of all transactions, and their bytes in a row, exactly as the node wrote them.
    func transactions() throws -> (ids: [[UInt8]], bytes: [UInt8]) {
        guard let members = result["transactions"]?.array else { throw NodeTemplateError("no transactions") }
        var (ids, bytes): ([[UInt8]], [UInt8]) = ([], [])
        for (i, member) in members.enumerated() {
            guard let data = member["data"]?.string.flatMap({ Hex.decode($0) }), !data.isEmpty else {
                throw NodeTemplateError("transaction \(i) has no data")
            }
            guard let id = member["txid"] else { throw NodeTemplateError("transaction \(i) has no txid") }
            ids.append(try Self.hash(id, "the txid of transaction \(i)"))
            bytes += data
        }
        return (ids, bytes)
    }

    /// The script of the output that commits to the witnesses; `nil` before segregated witness.
    func commitment() throws -> [UInt8]? {
        guard let member = result["default_witness_commitment"] else { return nil }
        guard let script = member.string.flatMap({ Hex.decode($0) }), (38...80).contains(script.count),
            script.starts(with: [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed])
        else { throw NodeTemplateError("bad default_witness_commitment") }
        return script
    }

    /// What the node wants in the coinbase's script: the values of `coinbaseaux`, in their order.
    func extra() throws -> [UInt8] {
        guard let member = result["coinbaseaux"] else { return [] }
        guard let fields = member.object?.fields else { throw NodeTemplateError("bad coinbaseaux") }
        return try fields.flatMap { field in
            guard let bytes = field.value.string.flatMap({ Hex.decode($0) }) else {
                throw NodeTemplateError("bad coinbaseaux")
            }
            return bytes
        }
    }

    /// Litecoin's extension block (MWEB), which follows the transactions after a byte that says that it is there.
    func extensionBlock(_ coin: BitcoinCoin) throws -> [UInt8] {
        guard let member = result["mweb"] else {
            guard !(try texts("rules").contains { $0 == "mweb" || $0 == "!mweb" }) else {
                throw NodeTemplateError("no mweb, which its rules need")
            }
            return []
        }
        guard coin.rules.contains("mweb"), let bytes = member.string.flatMap({ Hex.decode($0) }), !bytes.isEmpty else {
            throw NodeTemplateError("bad mweb")
        }
        return [1] + bytes
    }

    private func texts(_ field: String) throws -> [String] {
        guard let member = result[field] else { return [] }
        guard let texts = member.array?.map(\.string), texts.count <= 100 else {
            throw NodeTemplateError("bad \(ours: field)")
        }
        return try texts.map { text in
            guard let text else { throw NodeTemplateError("bad \(ours: field)") }
            return text
        }
    }

    private static func hash(_ member: JSON, _ what: String) throws -> [UInt8] {
        guard let bytes = member.string.flatMap({ Hex.decode($0) }), bytes.count == 32 else {
            throw NodeTemplateError("\(ours: what) is not 64 hex digits")
        }
        return bytes.reversed()
    }
}
