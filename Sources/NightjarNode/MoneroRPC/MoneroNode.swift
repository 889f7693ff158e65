import NIOCore
import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization

extension NodeRow {
    /// A Monero node. Every algorithm that no other row serves is mined at one.
    package static let monero = NodeRow(serves: { _ in true }) {
        (settings, options, secured) throws(PoolURLError) in
        try MoneroNode(settings, options, secured)
    }
}

/// A Monero node's language.
final class MoneroNode: NodeDialect {
    private let wallet: String
    private let options: UpstreamOptions
    private let rpc: MoneroRPC
    private let notices: BlockNotices?
    /// The number of templates so far, for their names.
    private let made = Atomic<UInt64>(0)

    private static let busy: Int64 = -9

    init(
        _ settings: PoolSettings, _ options: UpstreamOptions, _ secured: @escaping NodeRow.Secured
    ) throws(PoolURLError) {
        guard settings.rpcCookie == nil else { throw .onlyForBitcoinNodes("--rpc-cookie", settings.url) }
        guard settings.coinbaseText == nil else { throw .onlyForBitcoinNodes("--coinbase-text", settings.url) }
        guard !MoneroAddress.isMistyped(settings.user) else {
            throw .badAddress(
                "'\(printable(settings.user, limit: 112))' is no address: its checksum is wrong; is it mistyped?")
        }
        wallet = settings.user
        self.options = options
        let login = settings.rpcLogin.map { DigestAuthorization(user: $0.user, password: $0.password) }
        rpc = MoneroRPC(http: HTTPClient(settings, options: options, login: login), secured: secured)
        notices = settings.zmq.map { BlockNotices(url: $0, options: options) }
    }

    func template() async throws -> any BlockTemplate {
        let result = try await rpc.call(
            "get_block_template", .object(["wallet_address": .string(wallet), "reserve_size": .number(8)]))
        let number = made.wrappingAdd(1, ordering: .relaxed).newValue
        let height = result["height"]?.uint64 ?? 0
        return try MoneroTemplate(result, id: "\(height)-\(number)", options: options)
    }

    func hasMoved(since template: any BlockTemplate) async throws(NodeRPCError) -> Bool {
        let tip = try await rpc.tip()
        return tip.height != template.height || (tip.hash ?? template.previousHash) != template.previousHash
    }

    func request(submitting block: [UInt8]) -> ByteBuffer {
        BlockRequest.body(#"{"id":"0","jsonrpc":"2.0","method":"submit_block","params":[""#, block)
    }

    func submit(_ request: ByteBuffer) async throws(NodeRPCError) {
        do {
            _ = try await rpc.result(of: request)
        } catch .node(let code, let message) where code == Self.busy {
            throw .busy(NodeRPCError.node(code: code, message: message).words)
        } catch {
            throw error
        }
    }

    func place(of block: MinedBlock) async throws(NodeRPCError) -> BlockPlace {
        let header: (hash: String, orphan: Bool)
        do {
            header = try await rpc.header(at: block.height)
        } catch .node(let code, let message) {
            return .elsewhere(
                reason: "not on the main chain: \(NodeRPCError.node(code: code, message: message).words)")
        } catch {
            throw error
        }
        guard header.hash == block.id else {
            return .elsewhere(
                reason: "the main chain has block \(theirs: header.hash, 64) at height \(block.height)")
        }
        return header.orphan ? .elsewhere(reason: "block \(ours: block.id) is an orphan") : .mainChain
    }

    func listen(_ listener: NodeListener) async {
        await notices?.run {
            listener.news(nil)
        } trouble: {
            listener.trouble($0)
        }
    }

    func hangUp() { rpc.http.hangUp() }
}
