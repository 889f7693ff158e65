import NightjarCore
import NightjarJSON
import NightjarWire

/// The pool's side of ``ToyDialect``.
package struct ToySandbox: SandboxDialect {
    private let extra: [UInt8]
    private let bits: Int
    private let target: @Sendable (ToyWork, Difficulty) -> Target
    /// What the jobs were made of, by their names.
    private var works: [String: ToyWork] = [:]

    package init(number: Int, bits: Int, target: @escaping @Sendable (ToyWork, Difficulty) -> Target) {
        extra = [UInt8(truncatingIfNeeded: number)]
        self.bits = bits
        self.target = target
    }

    package mutating func take(_ line: [UInt8]) -> SandboxRequest {
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count >= 2 else { return .nonsense }
        switch words[0] {
        case "hello": return .answered("ok \(words[1])\nask 77\nextra \(Hex.encode(extra))\n")
        case "user": return .login(.string(words[1]))
        case "say": return .answered("")
        case "share" where words.count == 6:
            return .submit(
                .string(words[1]),
                SandboxShare(
                    job: words[2], isAuthorized: true, nonce: UInt32(words[5]),
                    token: Hex.decode(words[3] + words[4]) ?? [], params: .null))
        default: return .nonsense
        }
    }

    package mutating func job(_ order: SandboxOrder) -> SandboxJob? {
        var head = order.previousID + Array(order.id.utf8)
        head += [UInt8](repeating: 0, count: ToyWork.headSize - head.count)
        guard let work = ToyWork(order.algorithm, head: head, extra: extra, bits: bits),
            let first = work.unit(0)
        else { return nil }
        works[order.id] = work
        return SandboxJob(
            order, work: first.work, target: target(work, order.difficulty), nonces: first.nonces)
    }

    package mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String {
        "ok \(request.string ?? "")\n" + notification(job)
    }

    package func notification(_ job: SandboxJob) -> String {
        let head = Hex.encode(Array(job.work.input.prefix(ToyWork.headSize)))
        return "target \(Hex.encode(Digest(words: job.target.words).bytes))\njob \(job.id) \(head) \(bits)\n"
    }

    package func acceptance(_ request: JSON) -> String { "ok \(request.string ?? "")\n" }

    package func refusal(_ request: JSON, _ text: String) -> String {
        "no \(request.string ?? "") \(text == "Block expired" ? "late" : text)\n"
    }

    package func work(of share: SandboxShare, in job: SandboxJob) -> Work? {
        guard share.token.starts(with: extra) else { return nil }
        return works[job.id]?.work(roll: Array(share.token.dropFirst(extra.count)))
    }

    /// This language's shares do not say what their hash is.
    package func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim { .nothing }
}
