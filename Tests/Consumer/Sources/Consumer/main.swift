import Nightjar

let engine = try Engine(devices: [.cpu], threads: 1)
print(try await engine.hash(Array("This is a test".utf8), algorithm: .cn0))

let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39)
for try await share in engine.search(Job(name: "one", work: work, target: Target(difficulty: .one))) {
    print(share.nonce, share.digest)
    break
}
