import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization

/// Mines directly at a Monero node, where a share is a block.
///
/// A share is ``ShareOutcome/accepted`` only once the node's main chain has its block. The client looks the block up by
/// height and compares the id, because the node's "OK" alone does not prove it.
package final class NodeClient: UpstreamLink {
    /// A block of this miner that was on the main chain after it was submitted.
    package struct Block: Sendable, Hashable {
        package let height: UInt64
        /// Lower-case hex.
        package let id: String

        package init(height: UInt64, id: String) {
            self.height = height
            self.id = id
        }
    }

    package let name: String
    package let identity: String
    package var backoff: Backoff { options.backoff }

    private let wallet: String
    private let options: UpstreamOptions
    private let rpc: NodeRPC
    private let notices: BlockNotices?
    private let safety = Safety()
    private let state: Locked<State>

    /// Shares can be submitted for this many of the newest templates.
    private static let keptTemplates = 16
    /// How often a block is offered to a busy node.
    private static let offers = 3
    private static let busy: Int64 = -9

    private struct State {
        var templates: [NodeTemplate] = []
        var made: UInt64 = 0
        var blocks: [Block] = []
        /// The height and the parent of each of `blocks`, newest last.
        var won: [(height: UInt64, previousHash: String)] = []
        /// The number of runs: a new one may begin before the last has quite ended.
        var connections = 0
        var pace: PollPace
        var sleeper: Task<Void, Never>?
        var refusals = RefusalLimit()
    }

    /// A password of the form `USER:PASS` is the login for the node's RPC; any other password is ignored.
    ///
    /// - Throws: ``PoolURLError/wrongKind(_:)`` when the URL is not a node's.
    package init(_ settings: PoolSettings, options: UpstreamOptions) throws(PoolURLError) {
        let url = settings.url
        guard url.isNode else { throw .wrongKind(url) }
        options.secrets.add([settings.password])
        var login: DigestAuthorization?
        if let colon = settings.password.firstIndex(of: ":") {
            let password = String(settings.password[settings.password.index(after: colon)...])
            login = DigestAuthorization(user: String(settings.password[..<colon]), password: password)
            options.secrets.add([password])
        }
        wallet = settings.user
        identity = settings.identity(options)
        let options = settings.merged(into: options)
        self.options = options
        state = Locked(
            State(pace: PollPace(interval: options.pollInterval, templateSpacing: options.jobSpacing)))
        let tls = url.isSecure ? TLSClient(host: url.host, pin: settings.fingerprint, trust: options.trust) : nil
        rpc = NodeRPC(
            http: HTTPClient(url: url, options: options, tls: tls, login: login),
            secured: { [safety] security in safety.security.withLock { $0 = security } })
        notices = settings.zmq.map { BlockNotices(url: $0, options: options) }
        name = url.authority
    }

    /// - Parameter wallet: the address that the blocks pay.
    /// - Throws: ``PoolURLError/wrongKind(_:)`` when the URL is not a node's.
    package convenience init(
        url: PoolURL, wallet: String, options: UpstreamOptions = UpstreamOptions()
    ) throws(PoolURLError) {
        try self.init(PoolSettings(url: url, user: wallet), options: options)
    }

    private final class Safety: Sendable { let security = Locked<ConnectionSecurity?>(nil) }

    /// The security of the last request's connection.
    package var security: ConnectionSecurity? { safety.security.withLock { $0 } }

    /// The blocks that this client got onto the main chain, oldest first.
    package var blocks: [Block] { state.withLock { $0.blocks } }

    /// Whether the node's main chain still has `block`; `nil` when the node cannot be asked.
    package func isOnMainChain(_ block: Block) async -> Bool? {
        do {
            let header = try await rpc.header(at: block.height)
            return header.hash == block.id && !header.orphan
        } catch .node {
            return false
        } catch {
            return nil
        }
    }

    package func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        let listener = notices.map { notices in
            Task {
                await notices.run {
                    self.pollSoon(more: true)
                } trouble: {
                    events(.refused(reason: self.options.secrets($0)))
                }
            }
        }
        var isConnected = false
        defer {
            listener?.cancel()
            rpc.http.hangUp()
            if isConnected { state.withLock { $0.connections -= 1 } }
        }
        do {
            var template = try await fetch()
            var fetched = options.backoff.now()
            isConnected = true
            state.withLock { $0.connections += 1 }
            events(.connected)
            events(.job(template.job))
            var lastRefusal: NodeTemplateError?
            while true {
                try await pause()
                let tip = try await rpc.tip()
                let moved =
                    tip.height != template.height || (tip.hash ?? template.previousHash) != template.previousHash
                if moved { state.withLock { $0.pace.moved() } }
                guard moved || options.backoff.now() - fetched >= options.templateInterval else { continue }
                fetched = options.backoff.now()
                do {
                    template = try await fetch()
                    lastRefusal = nil
                    events(.job(template.job))
                } catch let refusal as NodeTemplateError {
                    // The node is asked again at each poll, and may give the same bad template for days.
                    if refusal != lastRefusal { refuse(refusal.words, events) }
                    lastRefusal = refusal
                }
            }
        } catch {
            return options.secrets(Connecting.reason(error))
        }
    }

    private var now: Duration { options.clocks().monotonic }

    private func refuse(_ reason: OutsideText, _ events: (UpstreamEvent) -> Void) {
        let now = now
        let text = state.withLock { $0.refusals.say(now: now) { options.secrets(reason) } }
        if let text { events(.refused(reason: text)) }
    }

    private func fetch() async throws -> NodeTemplate {
        let now = now
        let wonBefore = state.withLock { state in
            state.pace.template(now: now)
            return state.won
        }
        let result = try await rpc.call(
            "get_block_template", .object(["wallet_address": .string(wallet), "reserve_size": .number(8)]))
        let number = state.withLock { state in
            state.made += 1
            return state.made
        }
        let height = result["height"]?.uint64 ?? 0
        let template = try NodeTemplate(result, id: "\(height)-\(number)", options: options)
        state.withLock { state in
            // When the node asks again for a block that this miner has found, the node has lost that block, in a
            // reorganisation or a crash. A block that was found while the node answered does not count.
            func isThis(_ won: (height: UInt64, previousHash: String)) -> Bool {
                won.height == template.height && won.previousHash == template.previousHash
            }
            if wonBefore.contains(where: isThis) { state.won.removeAll(where: isThis) }
            state.templates.append(template)
            if state.templates.count > Self.keptTemplates { state.templates.removeFirst() }
        }
        return template
    }

    /// Waits for the next poll. A notice or an accepted block may end the wait early.
    private func pause() async throws {
        let began = now
        state.withLock { $0.pace.begin(now: began) }
        while true {
            try Task.checkCancellation()
            let now = now
            let sleeper = state.withLock { state -> Task<Void, Never>? in
                let wait = state.pace.wait(now: now)
                guard wait > .zero else {
                    state.pace.poll(now: now)
                    return nil
                }
                let sleeper = Task { _ = try? await Task.sleep(for: wait) }
                state.sleeper = sleeper
                return sleeper
            }
            guard let sleeper else { return }
            await withTaskCancellationHandler {
                await sleeper.value
            } onCancel: {
                sleeper.cancel()
            }
        }
    }

    package func submit(_ share: Share) async -> ShareOutcome { await end(of: share).shown(by: options.secrets) }

    private func end(of share: Share) async -> ShareEnd<OutsideText> {
        let (template, connected, won) = state.withLock { state in
            let template = state.templates.last { $0.job.job.id == share.jobID }
            let won = state.won.contains { $0.height == template?.height && $0.previousHash == template?.previousHash }
            return (template, state.connections > 0, won)
        }
        guard connected else { return .expired(reason: "not connected") }
        guard let template else { return .expired(reason: "its block template is no longer kept") }
        guard Target(difficulty: template.difficulty).isMet(by: share.proof) else {
            return .rejected(reason: "below the block's difficulty")
        }
        // A second block for one height could only be an orphan, but the node would take it and answer OK.
        guard !won else { return .stale(reason: "height \(template.height) has a block of this miner's already") }
        do {
            try await offer(template.block(nonce: share.nonce))
            return await fate(of: template, nonce: share.nonce)
        } catch {
            // The node may still have the block: its answer was lost, or the block was sent twice.
            if await fate(of: template, nonce: share.nonce) == .accepted { return .accepted }
            guard case .node = error else { return .expired(reason: error.words) }
            let tip = try? await rpc.tip()
            let moved = tip.map {
                $0.height != template.height || ($0.hash ?? template.previousHash) != template.previousHash
            }
            return moved ?? false ? .stale(reason: error.words) : .rejected(reason: error.words)
        }
    }

    private func offer(_ block: [UInt8]) async throws(NodeRPCError) {
        for turn in 1... {
            do {
                _ = try await rpc.call("submit_block", .array([.string(Hex.encode(block))]))
                return
            } catch .node(let code, _) where code == Self.busy && turn < Self.offers {
                // The node is busy with another block, and free again soon.
                try? await Task.sleep(for: options.pollInterval)
            } catch {
                throw error
            }
        }
    }

    /// How a block ended that the node answered OK to.
    private func fate(of template: NodeTemplate, nonce: UInt32) async -> ShareEnd<OutsideText> {
        let block = Block(height: template.height, id: template.id(nonce: nonce))
        do {
            let header = try await rpc.header(at: block.height)
            guard header.hash == block.id else {
                return .stale(
                    reason: "the main chain has block \(theirs: header.hash, 64) at height \(block.height)")
            }
            guard !header.orphan else { return .stale(reason: "block \(ours: block.id) is an orphan") }
        } catch .node(let code, let message) {
            return .stale(reason: "not on the main chain: \(NodeRPCError.node(code: code, message: message).words)")
        } catch {
            return .expired(
                reason: "it is not known whether block \(ours: block.id) is on the main chain: \(error.words)")
        }
        state.withLock { state in
            if !state.blocks.contains(block) { state.blocks.append(block) }
            state.won = state.won.suffix(Self.keptTemplates) + [(template.height, template.previousHash)]
        }
        pollSoon()
        return .accepted
    }

    /// Makes the next poll come at once, or as soon as ``PollPace`` allows it.
    ///
    /// - Parameter more: poll more than once.
    private func pollSoon(more: Bool = false) {
        let now = now
        state.withLock { state in
            if state.pace.notice(more: more, now: now) { state.sleeper?.cancel() }
        }
    }
}
