import Dispatch
import NIOCore
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// Mines directly at a node, where a share is a block.
///
/// A share is ``ShareOutcome/accepted`` only once the node's main chain has its block. The client asks for the block,
/// because a node's "OK" alone does not prove it.
package final class NodeClient: UpstreamLink {
    package let name: String
    package let identity: String
    package var backoff: Backoff { options.backoff }

    private let options: UpstreamOptions
    private let dialect: any NodeDialect
    private let safety: Safety
    private let state: Locked<State>
    /// Where one block is on its way to the node. The others wait as shares, which are small: a block and its request
    /// take megabytes.
    private let turnstile = Turnstile()
    /// Where blocks are made. Swift's shared pool has a thread for each core, and a large block takes a while.
    private let blockQueue = DispatchQueue(label: "blocks")

    /// Shares can be submitted for this many of the newest templates,
    private static let keptTemplates = 16
    /// and for no more than these bytes of them, but always for the newest two.
    private static let keptBytes = 32 << 20
    /// How often a block is offered to a busy node.
    private static let offers = 3

    private struct State {
        var templates: [any BlockTemplate] = []
        var blocks: [MinedBlock] = []
        /// The height and the parent of each of `blocks`, newest last.
        var won: [(height: UInt64, previousHash: String)] = []
        /// What the node makes of the login.
        var login = LoginState.untried
        /// The number of runs: a new one may begin before the last has quite ended.
        var connections = 0
        /// The template that the node announced last, until it is mined.
        var announced: (any BlockTemplate)?
        var pace: PollPace
        var sleeper: Task<Void, Never>?
        var refusals = RefusalLimit()

        /// Adds a template, and drops those that are too old.
        mutating func keep(_ template: any BlockTemplate) {
            templates = templates.suffix(keptTemplates - 1) + [template]
            while templates.count > 2, templates.reduce(0, { $0 + $1.size }) > keptBytes { templates.removeFirst() }
        }
    }

    /// A password of the form `USER:PASS` is the login for the node's RPC; any other password is ignored.
    ///
    /// - Parameter dialects: the node is spoken to in its algorithm's dialect, by this table.
    /// - Throws: ``PoolURLError/wrongKind(_:)`` when the URL is not a node's; others for settings that contradict each
    ///   other.
    package init(
        _ settings: PoolSettings, options: UpstreamOptions, dialects: NodeDialects = .builtIn
    ) throws(PoolURLError) {
        let url = settings.url
        guard url.isNode else { throw .wrongKind(url) }
        options.secrets.add([settings.password])
        if let login = settings.rpcLogin { options.secrets.add([login.password]) }
        name = url.authority
        identity = settings.identity(options)
        let options = settings.merged(into: options)
        let safety = Safety()
        self.options = options
        self.safety = safety
        state = Locked(State(pace: PollPace(interval: options.pollInterval, templateSpacing: options.jobSpacing)))
        dialect = try dialects.row(for: options.algorithm).dialect(settings, options) { security in
            safety.security.withLock { $0 = security }
        }
    }

    /// - Parameter wallet: the address that the blocks pay.
    /// - Throws: ``PoolURLError/wrongKind(_:)`` when the URL is not a node's.
    package convenience init(
        url: PoolURL, wallet: String, options: UpstreamOptions = UpstreamOptions()
    ) throws(PoolURLError) {
        try self.init(PoolSettings(url: url, user: wallet), options: options)
    }

    private enum LoginState { case untried, taken, refused }

    /// A login that the node has never taken is wrong. After a taken one, the node was changed, and may change back.
    package var cannotWork: Bool { state.withLock { $0.login == .refused } }

    private final class Safety: Sendable { let security = Locked<ConnectionSecurity?>(nil) }

    /// The security of the last request's connection.
    package var security: ConnectionSecurity? { safety.security.withLock { $0 } }

    /// The blocks that this client got onto the main chain, oldest first.
    package var blocks: [MinedBlock] { state.withLock { $0.blocks } }

    /// Whether the node's main chain still has `block`; `nil` when the node cannot be asked.
    package func isOnMainChain(_ block: MinedBlock) async -> Bool? {
        (try? await dialect.place(of: block)).map { $0 == .mainChain }
    }

    package func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        state.withLock {
            // An earlier connection's is not this one's.
            $0.announced = nil
            if $0.login == .refused { $0.login = .untried }
        }
        let listening = Task { await dialect.listen(listener(events)) }
        var isConnected = false
        func warn() {
            for warning in dialect.takeWarnings() { events(.warning(options.secrets("\(ours: warning)"))) }
        }
        defer {
            warn()
            listening.cancel()
            dialect.hangUp()
            if isConnected { state.withLock { $0.connections -= 1 } }
        }
        do {
            try await dialect.begin()
            warn()
            var template = try await fetch()
            var fetched = options.backoff.now()
            isConnected = true
            state.withLock {
                $0.connections += 1
                $0.login = .taken
            }
            events(.connected(pool: name))
            events(.job(template.job))
            var lastRefusal: NodeTemplateError?
            while true {
                try await pause()
                if let announced = takeAnnounced(after: template) {
                    (template, fetched) = (announced, options.backoff.now())
                    lastRefusal = nil
                    events(.job(template.job))
                    continue
                }
                let moved = try await dialect.hasMoved(since: template)
                warn()
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
            if case .login = error as? NodeRPCError {
                state.withLock { if $0.login == .untried { $0.login = .refused } }
            }
            return options.secrets(Connecting.reason(error))
        }
    }

    private func listener(_ events: @escaping @Sendable (UpstreamEvent) -> Void) -> NodeListener {
        NodeListener {
            self.state.withLock { $0.templates.last }
        } news: { template in
            if let template { self.state.withLock { $0.announced = template } }
            self.pollSoon(more: template == nil)
        } trouble: {
            events(.refused(pool: self.name, reason: self.options.secrets($0)))
        }
    }

    private var now: Duration { options.clocks().monotonic }

    private func refuse(_ reason: OutsideText, _ events: (UpstreamEvent) -> Void) {
        let now = now
        let text = state.withLock { $0.refusals.say(now: now) { options.secrets(reason) } }
        if let text { events(.refused(pool: name, reason: text)) }
    }

    private func fetch() async throws -> any BlockTemplate {
        let now = now
        let wonBefore = state.withLock { state in
            state.pace.template(now: now)
            return state.won
        }
        let template = try await dialect.template()
        state.withLock { state in
            // When the node asks again for a block that this miner has found, the node has lost that block, in a
            // reorganisation or a crash. A block that was found while the node answered does not count.
            func isThis(_ won: (height: UInt64, previousHash: String)) -> Bool {
                won.height == template.height && won.previousHash == template.previousHash
            }
            if wonBefore.contains(where: isThis) { state.won.removeAll(where: isThis) }
            state.keep(template)
        }
        return template
    }

    /// The template that the node announced since the last call. One that was overtaken by `template` does not count.
    private func takeAnnounced(after template: any BlockTemplate) -> (any BlockTemplate)? {
        let now = now
        return state.withLock { state -> (any BlockTemplate)? in
            guard let announced = state.announced else { return nil }
            state.announced = nil
            guard announced.height >= template.height else { return nil }
            state.pace.template(now: now)
            state.pace.moved()
            state.keep(announced)
            return announced
        }
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

    private enum Standing {
        /// It completes this template.
        case open(any BlockTemplate)
        case ended(ShareEnd<OutsideText>)
    }

    /// How a share stands before its block is offered.
    private func standing(of share: Share) -> Standing {
        let (template, connected, won) = state.withLock { state in
            let template = state.templates.last { $0.job.job.id == share.jobID }
            let won = state.won.contains { $0.height == template?.height && $0.previousHash == template?.previousHash }
            return (template, state.connections > 0, won)
        }
        guard connected else { return .ended(.expired(reason: "not connected")) }
        guard let template else { return .ended(.expired(reason: "its block template is no longer kept")) }
        guard template.job.job.target.isMet(by: share.proof) else {
            return .ended(.rejected(reason: "below the block's difficulty"))
        }
        // A second block for one height could only be an orphan, but the node would take it and answer OK.
        guard !won else {
            return .ended(.stale(reason: "height \(template.height) has a block of this miner's already"))
        }
        return .open(template)
    }

    private func end(of share: Share) async -> ShareEnd<OutsideText> {
        if case .ended(let end) = standing(of: share) { return end }
        guard await turnstile.enter(within: options.requestDeadline) else {
            return .expired(reason: "it waited for the node's answer to an earlier block")
        }
        defer { turnstile.leave() }
        // The block before it may have been taken, and the template dropped.
        let template: any BlockTemplate
        switch standing(of: share) {
        case .open(let found): template = found
        case .ended(let end): return end
        }
        do {
            guard try await offer(share, template) else {
                return .expired(reason: "its block template is no longer kept")
            }
            return await fate(of: share, template)
        } catch {
            // The node may still have the block: its answer was lost, or the block was sent twice.
            if await fate(of: share, template) == .accepted { return .accepted }
            switch error {
            case .node, .busy: break
            case .transport, .login, .malformed: return .expired(reason: error.words)
            }
            let moved = (try? await dialect.hasMoved(since: template)) ?? false
            return moved ? .stale(reason: error.words) : .rejected(reason: error.words)
        }
    }

    /// - Returns: `false` for a share that is not of this template.
    private func offer(_ share: Share, _ template: any BlockTemplate) async throws(NodeRPCError) -> Bool {
        let request = await withCheckedContinuation { continuation in
            blockQueue.async { [dialect] in
                continuation.resume(returning: template.block(of: share).map { dialect.request(submitting: $0) })
            }
        }
        guard let request else { return false }
        var turn = 1
        while true {
            do {
                try await dialect.submit(request)
                return true
            } catch .busy where turn < Self.offers && !Task.isCancelled {
                turn += 1
                // The node is busy with another block, and free again soon.
                try? await Task.sleep(for: options.pollInterval)
            } catch {
                throw error
            }
        }
    }

    /// How a block ended that the node has taken.
    private func fate(of share: Share, _ template: any BlockTemplate) async -> ShareEnd<OutsideText> {
        let block = MinedBlock(height: template.height, id: template.id(of: share))
        do {
            if case .elsewhere(let reason) = try await dialect.place(of: block) { return .stale(reason: reason) }
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
