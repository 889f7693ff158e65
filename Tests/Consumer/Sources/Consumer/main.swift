import Nightjar

// Everything that a user of the library does, with nothing but its public words.

let engine = try Engine(devices: [.cpu], threads: 1)
print(try await engine.hash(Array("This is a test".utf8), algorithm: .cn0))

do {
    _ = try await engine.hash([1, 2, 3], algorithm: .rx0)
} catch {
    print("\(error.code): \(error)")
}

let input = [UInt8](repeating: 0, count: 76)
let work = try Work(algorithm: .cn0, input: input, nonceOffset: Algorithm.cn0.nonceOffset)
guard let one = Difficulty(1) else { fatalError("1 is a difficulty") }
for try await share in engine.search(Job(name: "one", work: work, target: Target(difficulty: one))) {
    // Each nonce is a share, and the newest is verified first.
    var bytes = input
    for place in 0..<4 { bytes[39 + place] = UInt8(truncatingIfNeeded: share.nonce >> (8 * UInt32(place))) }
    print(try await engine.hash(bytes, algorithm: .cn0) == share.digest, try await engine.hash(input, algorithm: .cn0))
    break
}

/// Work that rolls over after two nonces: another first byte each time.
struct Rolling: WorkSource {
    func unit(_ index: UInt64) -> WorkUnit? {
        var bytes = input
        bytes[0] = UInt8(truncatingIfNeeded: index)
        let work = try? Work(algorithm: .cn0, input: bytes, nonceOffset: Algorithm.cn0.nonceOffset)
        return work.map { WorkUnit($0, nonces: NonceSpace(first: 0, last: 1), token: [bytes[0]]) }
    }
}

let mining = try engine.startMining()
let rolling = Job(name: "rolling", algorithm: .cn0, source: Rolling(), target: Target(difficulty: one))
mining.setJob(rolling)
var tokens: [UInt8] = []
for await event in mining.events {
    guard case .share(let share) = event else { continue }
    guard share.jobID == rolling.id else { fatalError("a share of no job") }
    tokens += share.token
    if tokens.contains(where: { $0 >= 2 }) { break }
}
await mining.stop()
print("three units: \(tokens.contains { $0 >= 2 })")

let result = try await engine.bench(.cn0, on: .cpu, length: .hashes(10))
print(result.hashes, result.hashrate > 0, result.facts.lanes)
