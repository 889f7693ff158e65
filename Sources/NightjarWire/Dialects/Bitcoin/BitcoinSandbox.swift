import NightjarCore
import NightjarJSON

/// The pool's side of Bitcoin's Stratum v1, for a ``SandboxPool``.
package struct BitcoinSandbox: SandboxDialect {
    private let extranonce1: [UInt8]
    private let unit: BitcoinDifficulty.Unit
    private var subscribed = false
    private var authorized: String?
    /// The version bits that this miner may roll.
    private var mask: UInt32?
    private var recent: [Made] = []

    /// What a job was made of.
    private struct Made {
        let id: String
        let source: HeaderSource
        let difficulty: BitcoinDifficulty
    }

    private static let extranonce2Size = 4
    /// At least as many as the pool keeps.
    private static let keptJobs = 64
    /// How far ahead of the job's a share's time may be, in seconds.
    private static let mostAhead: UInt32 = 7200

    /// - Parameter number: the connection's number, which its extra nonce is made of.
    package init(number: Int, algorithm: Algorithm) {
        extranonce1 = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        unit = BitcoinDifficulty.Unit(algorithm)
    }

    package mutating func take(_ line: [UInt8]) -> SandboxRequest {
        guard case .call(let method, let params, let id)? = try? RPCMessage(line: line) else { return .nonsense }
        let values = params.array ?? []
        switch method {
        case "mining.configure":
            let wanted = NotifyReader.mask(values.dropFirst().first?["version-rolling.mask"]) ?? .max
            mask = wanted & BitcoinRequest.versionBits
            return .answered(
                answer(
                    id,
                    .object([
                        "version-rolling": .bool(true),
                        "version-rolling.mask": .string(BitcoinRequest.hex(mask ?? 0)),
                    ])))
        case "mining.subscribe":
            subscribed = true
            let name = JSON.string(Hex.encode(extranonce1))
            let subscriptions = ["mining.set_difficulty", "mining.notify"].map { JSON.array([.string($0), name]) }
            return .answered(answer(id, .array([.array(subscriptions), name, .number(Self.extranonce2Size)])))
        case "mining.authorize":
            guard subscribed else { return .answered(refusal(id, "Not subscribed")) }
            guard let user = values.first?.string else { return .answered(refusal(id, "Missing user")) }
            authorized = user
            return .login(id)
        case "mining.submit": return .submit(id, share(values))
        case "mining.extranonce.subscribe", "mining.suggest_difficulty": return .answered(answer(id, .bool(true)))
        default: return .answered(refusal(id, "Unknown method"))
        }
    }

    private func share(_ values: [JSON]) -> SandboxShare {
        func text(_ place: Int) -> String? { place < values.count ? values[place].string : nil }
        func word(_ place: Int) -> UInt32? {
            text(place).flatMap { $0.utf8.count == 8 ? Hex.decode($0) : nil }?.reduce(0) { $0 << 8 | UInt32($1) }
        }
        var token: [UInt8] = []
        let bits = values.count > 5 ? word(5) : 0
        if let extra = text(2).flatMap({ Hex.decode($0) }), let time = word(3), let bits {
            token = HeaderParts(version: bits, time: time, extranonce2: extra).token
        }
        return SandboxShare(
            job: text(1) ?? "", isAuthorized: authorized != nil && text(0) == authorized, nonce: word(4), token: token,
            params: .array(values))
    }

    package mutating func job(_ order: SandboxOrder) -> SandboxJob? {
        func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }
        // The script begins with the height, as BIP 34 wants it.
        let height = (0..<8).map { UInt8(truncatingIfNeeded: order.height >> (8 * UInt64($0))) }
        let push = height.prefix { $0 != 0 } + [0]
        let script = [UInt8(push.count)] + push
        let template = HeaderTemplate(
            version: 0x2000_0000, previous: order.previousID,
            coinbaseStart: [2, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 32) + [255, 255, 255, 255]
                + [UInt8(script.count + extranonce1.count + Self.extranonce2Size)] + script,
            coinbaseEnd: [255, 255, 255, 255, 1] + bytes(8) + [1, 0x51, 0, 0, 0, 0], extranonce1: extranonce1,
            extranonce2Size: Self.extranonce2Size, branches: [bytes(32), bytes(32)],
            time: UInt32(clamping: ClockReading.now.real.components.seconds), bits: 0x1D00_FFFF)
        let hashes = Double(order.difficulty.value)
        guard
            let source = try? HeaderSource(order.algorithm, template, mask: mask ?? 0, seconds: Self.mostAhead),
            let first = source.unit(0), let difficulty = unit.difficulty(value: hashes / unit.hashes)
        else { return nil }
        recent = recent.suffix(Self.keptJobs - 1) + [Made(id: order.id, source: source, difficulty: difficulty)]
        return SandboxJob(order, work: first.work, target: difficulty.target, nonces: .full)
    }

    private func made(_ job: SandboxJob) -> Made? { recent.last { $0.id == job.id } }

    package mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String {
        answer(request, .bool(true)) + notification(job)
    }

    package func notification(_ job: SandboxJob) -> String {
        guard let made = made(job) else { return "" }
        let template = made.source.template
        let params: [JSON] = [
            .string(job.id), .string(Hex.encode(HeaderTemplate.swapped(template.previous))),
            .string(Hex.encode(template.coinbaseStart)),
            .string(Hex.encode(template.coinbaseEnd)), .array(template.branches.map { .string(Hex.encode($0)) }),
            .string(BitcoinRequest.hex(template.version)), .string(BitcoinRequest.hex(template.bits)),
            .string(BitcoinRequest.hex(template.time)), .bool(false),
        ]
        return notice("mining.set_difficulty", [.number(made.difficulty.shown.text)]) + notice("mining.notify", params)
    }

    package func acceptance(_ request: JSON) -> String { answer(request, .bool(true)) }

    package func refusal(_ request: JSON, _ text: String) -> String {
        let code =
            switch text {
            case "Block expired", "Invalid job id": 21
            case "Duplicate share": 22
            case "Low difficulty share": 23
            case "Unauthenticated": 24
            case "Not subscribed": 25
            default: 20
            }
        return line(["id": request, "result": .null, "error": .array([.number(code), .string(text), .null])])
    }

    /// Both sides name the bits; the version is made of them here, as pools do it.
    package func work(of share: SandboxShare, in job: SandboxJob) -> Work? {
        guard let made = made(job), let sent = HeaderParts(token: share.token),
            sent.extranonce2.count == Self.extranonce2Size
        else { return nil }
        let (template, mask) = (made.source.template, made.source.mask)
        guard sent.version & ~mask == 0, sent.time >= template.time, sent.time - template.time <= Self.mostAhead else {
            return nil
        }
        let version = share.params.array?.count ?? 0 > 5 ? template.version & ~mask | sent.version : template.version
        return try? made.source.work(
            HeaderParts(version: version, time: sent.time, extranonce2: sent.extranonce2))
    }

    /// Shares of this dialect do not say what their hash is.
    package func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim { .nothing }

    private func answer(_ id: JSON, _ result: JSON) -> String {
        line(["id": id, "result": result, "error": .null])
    }

    private func notice(_ method: String, _ params: [JSON]) -> String {
        line(["id": .null, "method": .string(method), "params": .array(params)])
    }

    private func line(_ message: JSON.Object) -> String { JSON.object(message).text + "\n" }
}
