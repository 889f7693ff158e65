import NIOCore
import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization

extension NodeRow {
    /// bitcoind and litecoind, by getblocktemplate.
    package static let bitcoin = NodeRow(serves: { algorithm in
        BitcoinCoin.all.contains { $0.algorithm == algorithm }
    }) { (settings, options, secured) throws(PoolURLError) in
        try BitcoinNode(settings, options, secured)
    }
}

/// The language of bitcoind and litecoind.
final class BitcoinNode: NodeDialect {
    private let coin: BitcoinCoin
    private let address: BitcoinAddress
    private let payee: BitcoinTemplate.Payee
    private let options: UpstreamOptions
    private let rpc: BitcoinRPC
    /// The number of templates so far, for their names.
    private let made = Atomic<UInt64>(0)

    /// How long a long poll may take. The node answers when there is a new block, or better transactions, and so
    /// perhaps not for long.
    private static let longPoll: Duration = .seconds(600)
    /// The time between two long polls: a node that answers each of them at once is not asked without end.
    private static let pause: Duration = .milliseconds(100)
    private static let pauseAfterFailure: Duration = .seconds(1)
    /// The node's code for a block that it does not have.
    private static let unknownBlock: Int64 = -5

    init(
        _ settings: PoolSettings, _ options: UpstreamOptions, _ secured: @escaping NodeRow.Secured
    ) throws(PoolURLError) {
        coin = BitcoinCoin.all.first { $0.algorithm == options.algorithm } ?? .bitcoin
        guard settings.zmq == nil else { throw .zmqWithoutMonero(settings.url) }
        do { address = try BitcoinAddress(settings.user, of: coin) } catch { throw .badAddress(error.description) }
        let text = settings.coinbaseText ?? ""
        guard text.utf8.count <= Coinbase.longestText else {
            throw .longCoinbaseText(bytes: text.utf8.count, limit: Coinbase.longestText)
        }
        payee = BitcoinTemplate.Payee(
            script: address.script, text: text, instance: BitcoinBytes.little(UInt32.random(in: 0 ... .max)))
        self.options = options
        rpc = BitcoinRPC(
            http: HTTPClient(settings, options: options), login: try BitcoinLogin(settings, secrets: options.secrets),
            secured: secured)
    }

    /// Nothing is hashed before the node's chain is known to be the address's, and the node has said that the address
    /// means the script that the blocks will pay. A wrong script would lose the reward.
    func begin() async throws {
        guard let chain = try await rpc.call("getblockchaininfo")["chain"]?.string else {
            throw NodeRPCError.malformed("no chain")
        }
        guard chain != "signet" else {
            throw NodeRefusal("the node's chain is signet, whose blocks need signatures that only its owners make")
        }
        let genesis = try await rpc.call("getblockhash", [.number(0)]).string
        for other in BitcoinCoin.all where other.algorithm != coin.algorithm {
            guard !other.networks.contains(where: { genesis.map($0.genesis.contains) ?? false }) else {
                throw NodeRefusal("the node's chain is \(ours: other.name)'s; -a \(ours: coin.algorithm) mines another")
            }
        }
        guard address.networks.contains(where: { $0.chains.contains(chain) }) else {
            let titles = address.networks.map(\.title).joined(separator: " or ")
            throw NodeRefusal(
                "the node's chain is '\(theirs: chain, 40)', and \(ours: address.text) is an address of \(ours: titles)"
            )
        }
        let answer = try await rpc.call("validateaddress", [.string(address.text)])
        guard answer["isvalid"]?.bool == true else {
            throw NodeRefusal("the node does not take \(ours: address.text) for an address")
        }
        guard let script = answer["scriptPubKey"]?.string, Hex.decode(script) == address.script else {
            throw NodeRefusal(
                "the node would pay \(ours: address.text) by another script than Nightjar: please report this")
        }
    }

    func template() async throws -> any BlockTemplate { try await template(longPoll: nil) }

    private func template(longPoll id: String?) async throws -> BitcoinTemplate {
        var request: JSON.Object = ["rules": .array(coin.rules.map(JSON.string))]
        if let id { request.append("longpollid", .string(id)) }
        let result = try await rpc.call(
            "getblocktemplate", [.object(request)], limit: BitcoinRPC.templateLimit,
            deadline: id == nil ? nil : Self.longPoll)
        let number = made.wrappingAdd(1, ordering: .relaxed).newValue
        return try BitcoinTemplate(
            result, of: coin, payee: payee, id: "\(result["height"]?.uint64 ?? 0)-\(number)", options: options)
    }

    func hasMoved(since template: any BlockTemplate) async throws(NodeRPCError) -> Bool {
        guard let tip = try await rpc.call("getbestblockhash").string else { throw .malformed("no block's hash") }
        return tip != template.previousHash
    }

    func request(submitting block: [UInt8]) -> ByteBuffer {
        BlockRequest.body(#"{"jsonrpc":"1.0","id":"0","method":"submitblock","params":[""#, block)
    }

    /// The node's answers (BIP22): nothing for a block that it took, else a word. "duplicate" and "inconclusive" are a
    /// block that it has; where it stands is asked next.
    func submit(_ request: ByteBuffer) async throws(NodeRPCError) {
        switch try await rpc.result(of: request) {
        case .null, .string("duplicate"), .string("inconclusive"), .string("duplicate-inconclusive"): return
        case .string(let reason): throw .node(code: nil, message: "the node refuses the block: \(theirs: reason, 100)")
        default: throw .malformed("submitblock's answer is no text")
        }
    }

    func place(of block: MinedBlock) async throws(NodeRPCError) -> BlockPlace {
        let header: JSON
        do {
            header = try await rpc.call("getblockheader", [.string(block.id), .bool(true)])
        } catch .node(let code?, let message) where code == Self.unknownBlock {
            return .elsewhere(
                reason: "not on the main chain: \(NodeRPCError.node(code: code, message: message).words)")
        } catch {
            throw error
        }
        guard let confirmations = header["confirmations"]?.int64 else { throw .malformed("no confirmations") }
        // A block of a side chain has −1.
        return confirmations >= 1 ? .mainChain : .elsewhere(reason: "block \(ours: block.id) is an orphan")
    }

    /// Long polls: the node answers a request for a template when there is a new one. Polling goes on meanwhile, so
    /// that a node or a proxy that does not answer costs a second at most.
    func listen(_ listener: NodeListener) async {
        var failures = 0
        while !Task.isCancelled {
            var pause = Self.pause
            if let id = (listener.template() as? BitcoinTemplate)?.longPollID {
                let began = options.backoff.now()
                do {
                    listener.news(try await template(longPoll: id))
                    failures = 0
                } catch {
                    // On a quiet chain there is nothing to answer.
                    let hadTime = options.backoff.now() - began >= Self.longPoll
                    failures = hadTime || Task.isCancelled ? 0 : failures + 1
                    // A node that goes away fails once here, and then at the next poll, which ends this task.
                    if failures == 2 {
                        listener.trouble(
                            "long poll: \(Connecting.reason(error)); new blocks are asked for meanwhile")
                    }
                    pause = Self.pauseAfterFailure
                }
            }
            try? await Task.sleep(for: pause)
        }
    }

    func takeWarnings() -> [String] { rpc.login.takeWarnings() }

    func hangUp() { rpc.http.hangUp() }
}
