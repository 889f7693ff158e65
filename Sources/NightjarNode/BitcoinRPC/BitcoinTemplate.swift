import NightjarCore
import NightjarJSON
import NightjarWire

/// A block to mine, from a node's `getblocktemplate` (BIP22, BIP23, BIP145).
package struct BitcoinTemplate: BlockTemplate {
    package let job: UpstreamJob
    package let height: UInt64
    package let previousHash: String
    /// What a long poll asks with; `nil` when the node offers none, or a long one.
    package let longPollID: String?
    /// The most bytes of a long poll's name. A node's own has about 70; a template is kept with it.
    private static let longestPollID = 1 << 10
    private let coinbase: Coinbase
    /// The first bytes of the extra nonce.
    private let instance: [UInt8]
    /// The number of transactions with the coinbase.
    private let count: [UInt8]
    /// All other transactions as the node wrote them, and what follows them.
    private let rest: [UInt8]

    package var size: Int {
        HeaderTemplate.size + count.count + coinbase.prefix.count + coinbase.suffix.count + rest.count
    }

    /// What a miner adds to a template.
    package struct Payee: Sendable {
        package let script: [UInt8]
        package let text: String
        /// The first bytes of the extra nonce, before those that are counted: two miners at one node try different
        /// headers.
        package let instance: [UInt8]

        package init(script: [UInt8], text: String = "", instance: [UInt8]) {
            precondition(instance.count < Coinbase.extraNonceLength)
            self.script = script
            self.text = text
            self.instance = instance
        }
    }

    /// - Parameter id: a name for the job.
    package init(
        _ result: JSON, of coin: BitcoinCoin, payee: Payee, id: String, options: UpstreamOptions
    ) throws {
        let reader = BitcoinTemplateReader(result)
        try reader.checkRules(coin)
        let bits = try reader.number("bits", hex: true, most: UInt64(UInt32.max))
        guard let compact = CompactTarget(UInt32(bits)) else { throw NodeTemplateError("bits are no target") }
        if result["target"] != nil {
            guard Target(littleEndian: try reader.hash("target")) == compact.target else {
                throw NodeTemplateError("target and bits differ")
            }
        }
        height = try reader.number("height", least: 1, most: UInt64(Int32.max))
        let previous = try reader.hash("previousblockhash")
        let time = try reader.number("curtime", most: UInt64(UInt32.max))
        guard options.algorithms.contains(coin.algorithm) else {
            throw NodeTemplateError("no chosen device runs \(ours: coin.algorithm)")
        }
        let transactions = try reader.transactions()
        coinbase = try Coinbase(
            height: UInt32(height), value: try reader.number("coinbasevalue", most: UInt64(Int64.max)),
            payee: payee.script, commitment: try reader.commitment(), extra: try reader.extra(), text: payee.text)
        count = BitcoinBytes.count(transactions.ids.count + 1)
        rest = transactions.bytes + (try reader.extensionBlock(coin))
        previousHash = BitcoinBytes.shown(previous)
        longPollID = result["longpollid"]?.string.flatMap { $0.utf8.count <= Self.longestPollID ? $0 : nil }
        instance = payee.instance
        do {
            let source = try HeaderSource(
                coin.algorithm,
                HeaderTemplate(
                    version: try reader.version(), previous: previous, coinbaseStart: coinbase.prefix,
                    coinbaseEnd: coinbase.suffix, extranonce1: instance,
                    extranonce2Size: Coinbase.extraNonceLength - instance.count,
                    branches: MerkleBranch.of(transactions.ids), time: UInt32(time), bits: UInt32(bits)),
                mask: coin.versionMask)
            job = UpstreamJob(
                job: Job(name: id, algorithm: coin.algorithm, source: source, target: compact.target),
                height: height, difficulty: compact.difficulty)
        } catch let error as NightjarError {
            throw NodeTemplateError("\(ours: error)")
        }
    }

    package func block(of share: Share) -> [UInt8]? {
        guard share.input.count == HeaderTemplate.size, let parts = HeaderParts(token: share.token),
            instance.count + parts.extranonce2.count == Coinbase.extraNonceLength
        else { return nil }
        return share.input + count + coinbase.bytes(extraNonce: instance + parts.extranonce2) + rest
    }

    package func id(of share: Share) -> String { BitcoinBytes.shown(DoubleSHA256.digest(share.input)) }
}
