import CHashing
import Foundation
import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// Templates without a node: what is made of a good one, and which are refused.
@Suite(.timeLimit(.minutes(1))) struct BitcoinTemplateTests {
    /// What litecoind 0.21.2.1 gave on a regtest chain: block 433, with a peg-in and MWEB's own transaction.
    static func recorded() throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Vectors.data("litecoin-template")) as? [String: Any])
    }

    private static let script = Hex.decode("0014" + String(repeating: "11", count: 20)) ?? []

    /// A template with some members changed; `nil` takes one away.
    private static func template(
        _ changes: [String: Any?] = [:], coin: BitcoinCoin = .litecoin, text: String = "Nightjar",
        options: UpstreamOptions = UpstreamOptions()
    ) throws -> BitcoinTemplate {
        var members = try recorded()
        for (name, value) in changes { members[name] = value }
        let payee = BitcoinTemplate.Payee(script: script, text: text, instance: [1, 2, 3, 4])
        return try BitcoinTemplate(
            try JSON(parsing: Data(try JSONSerialization.data(withJSONObject: members))), of: coin, payee: payee,
            id: "t", options: options)
    }

    private static func share(_ template: BitcoinTemplate, unit: UInt64 = 0, nonce: UInt32 = 5) throws -> Share {
        let unit = try #require(template.job.job.source.unit(unit))
        return Share(
            jobID: template.job.job.id, unit: unit, target: template.job.job.target, nonce: nonce,
            proof: Proof(digest: Digest()), device: .cpu)
    }

    /// The header, the id and the block's SHA-256 were computed by another program from the same template.
    @Test func aBlockIsWhatAnotherProgramMakes() throws {
        let template = try Self.template()
        let share = try Self.share(template)
        #expect(
            Hex.encode(share.input)
                == "000000206e48394a328b2382c611efb47269e482339a1fd8ac1b9d87e85e638926e3d31862330ac94ddab7412f9518837069"
                + "afd3fe76bea74190e7875e8d5a9a7ad40d911eb20b6bffff7f2005000000")
        #expect(template.id(of: share) == "08cd58cd02cee0bb045d7a84c681da0c3f3fc806860c4c46e52f81b2d72b8274")
        let block = try #require(template.block(of: share))
        #expect(block.count == 3073)
        #expect(
            Hex.encode(Checksum.sha256(block)) == "80cfba273ea90b3540f728b8f4c1de0e939be1fce4274fc5057890b4b9dee449")
        #expect(template.height == 433 && template.job.height == 433)
        #expect(template.previousHash == "18d3e32689635ee8879d1bacd81f9a3382e46972b4ef11c682238b324a39486e")
        // As litecoind shows it, which rounds to 16 digits.
        #expect(abs(template.job.difficulty.value - 4.656542373906925e-10) < 1e-24)
        let target = try #require(Hex.decode("7fffff" + String(repeating: "00", count: 29)))
        #expect(template.job.job.target == Target(littleEndian: target.reversed()))
    }

    /// Every unit has another extra nonce, and its block begins with its header and has its root.
    @Test func unitsHaveDifferentCoinbases() throws {
        let template = try Self.template()
        let first = try Self.share(template)
        let far = try Self.share(template, unit: 0xFFFF_FFFF)
        #expect(first.input[36..<68] != far.input[36..<68])
        for (share, extra) in [(first, "0102030400000000"), (far, "01020304ffffffff")] {
            let block = try #require(template.block(of: share))
            #expect(Array(block.prefix(80)) == share.input)
            // The height 433, and the extra nonce behind it.
            #expect(Hex.encode(block).contains("02b10108\(extra)084e696768746a6172"))
        }
        #expect(
            template.block(
                of: Share(job: Job(work: first.work, target: .easiest), nonce: 0, digest: Digest(), device: .cpu))
                == nil)
    }

    /// Before segregated witness, and with what a node wants in the coinbase.
    @Test func coinbasesWithoutCommitmentAndWithExtras() throws {
        let template = try Self.template(
            ["default_witness_commitment": nil, "coinbaseaux": ["flags": "c0ffee"], "rules": [], "mweb": nil])
        let block = Hex.encode(try #require(template.block(of: Self.share(template))))
        // One input whose script has 24 bytes, one output, and no witness.
        #expect(
            block.dropFirst(162).hasPrefix(
                "0200000001\(String(repeating: "0", count: 64))ffffffff1802b10108"
                    + "0102030400000000c0ffee084e696768746a6172"
                    + "ffffffff01"))
        #expect(block.contains("160014\(String(repeating: "11", count: 20))00000000"))
    }

    @Test func heightsAreShortestNumbers() throws {
        let pushes = [
            1: "51", 16: "60", 17: "0111", 127: "017f", 128: "028000", 255: "02ff00", 256: "020001", 32767: "02ff7f",
            32768: "03008000", 8_388_608: "0400008000", 2_147_483_647: "04ffffff7f",
        ]
        for (height, push) in pushes {
            let template = try Self.template(["height": height], text: "")
            let block = Hex.encode(try #require(template.block(of: Self.share(template))))
            let length = String(push.utf8.count / 2 + 9, radix: 16)
            #expect(block.contains("ffffffff0\(length)\(push)080102030400000000ffffffff"), "\(height)")
        }
    }

    /// Bitcoin's block 100000 has four transactions; the branch of the first leads to its root.
    @Test func aRealBlocksRoot() throws {
        let ids = [
            "fff2525b8931402dd09222c50775608f75787bd2b87e56995a7bdd30f79702c4",
            "6359f0868171b1d194cbee1af2f16ea598ae8fad666d9b012c8ed2b79a236ec4",
            "e9a66845e05d5abc0ad04ec80f774a7e585c6e8db975962d069a522137b80c1d",
        ].map { Hex.decode($0)?.reversed() ?? [] }
        let first = try #require(Hex.decode("8c14f0db3df150123e6f3dbbf30f8b955a8249b62ac1d1ff16284aefa3d06d87"))
        let root = DoubleSHA256.root(first: first.reversed(), branches: MerkleBranch.of(ids))
        #expect(
            Hex.encode(root.reversed()) == "f3e94742aca4b5ef85488dc37c06c3282295ffec960994b2c0d5ac2a25a95766")
    }

    /// Against the whole tree, for every number of transactions up to 40.
    @Test func branchesLeadToTheRoot() {
        for count in 1...40 {
            let ids = (0..<count).map { [UInt8](repeating: UInt8($0), count: 32) }
            var level = ids
            while level.count > 1 {
                if level.count % 2 == 1, let last = level.last { level.append(last) }
                level = stride(from: 0, to: level.count, by: 2).map { DoubleSHA256.digest(level[$0] + level[$0 + 1]) }
            }
            #expect(DoubleSHA256.root(first: ids[0], branches: MerkleBranch.of(Array(ids.dropFirst()))) == level[0])
        }
    }

    /// A template is kept with it, and its size is not counted.
    @Test func aLongPollsNameIsShort() throws {
        for (length, isTaken) in [(70, true), (1024, true), (1025, false), (30 << 20, false)] {
            let id = String(repeating: "A", count: length)
            #expect(try Self.template(["longpollid": id]).longPollID == (isTaken ? id : nil))
        }
    }

    private static var faults: [([String: Any?], String)] {
        [
            (["bits": nil], "no bits"), (["bits": "207fff"], "bad bits"), (["bits": "00000000"], "bits are no target"),
            (["bits": "20800001"], "bits are no target"), (["bits": "22ffffff"], "bits are no target"),
            (["bits": "23000100", "target": nil], "bits are no target"), (["bits": 5], "bad bits"),
            (["target": String(repeating: "f", count: 64)], "target and bits differ"),
            (["target": "7f"], "target is not 64 hex"),
            (["height": 0], "bad height"), (["height": 2_147_483_648], "bad height"), (["height": "433"], "bad height"),
            (["height": nil], "no height"), (["previousblockhash": nil], "no previousblockhash"),
            (["previousblockhash": "zz"], "previousblockhash is not 64 hex"),
            (["curtime": 4_294_967_296], "bad curtime"),
            (["curtime": -1], "bad curtime"), (["version": 4_294_967_296], "bad version"),
            (["version": nil], "bad version"),
            (["coinbasevalue": nil], "no coinbasevalue"), (["coinbasevalue": -1], "bad coinbasevalue"),
            (["transactions": nil], "no transactions"), (["transactions": ["x"]], "transaction 0 has no data"),
            (["transactions": [["data": "00"]]], "transaction 0 has no txid"),
            (["transactions": [["data": "0", "txid": "00"]]], "transaction 0 has no data"),
            (["transactions": [["data": "00", "txid": "00"]]], "the txid of transaction 0 is not 64 hex"),
            (["default_witness_commitment": "6a24"], "bad default_witness_commitment"),
            (["coinbaseaux": []], "bad coinbaseaux"), (["coinbaseaux": ["flags": "x"]], "bad coinbaseaux"),
            (["coinbaseaux": ["flags": String(repeating: "00", count: 90)]], "shorten --coinbase-text"),
            (["rules": ["!taproot2"]], "needs the rule 'taproot2'"), (["rules": ["!signet"]], "signet"),
            (["rules": 5], "bad rules"), (["rules": [5]], "bad rules"),
            (["mweb": nil], "no mweb"), (["mweb": "x"], "bad mweb"), (["mweb": ""], "bad mweb"),
        ]
    }

    @Test func badTemplatesAreNamed() {
        for (changes, words) in Self.faults {
            let error = #expect(throws: NodeTemplateError.self) { try Self.template(changes) }
            let said = error.map { KnownSecrets()($0.words) } ?? ""
            #expect(said.contains(words), "\(said) for \(changes)")
        }
        #expect(throws: NodeTemplateError.self) { try Self.template(coin: .bitcoin) }
        #expect(throws: NodeTemplateError.self) {
            try Self.template(options: UpstreamOptions(algorithms: [.sha256d]))
        }
    }
}
