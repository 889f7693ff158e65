import NightjarCore
import NightjarWire

// Shorthands for tests, whose jobs have one Work unless they say otherwise.

extension Work {
    /// Work whose epoch is what its algorithm needs of these.
    package init(
        algorithm: Algorithm, input: [UInt8], nonceOffset: Int? = nil, height: UInt64? = nil, seed: [UInt8]? = nil
    ) throws(NightjarError) {
        try self.init(
            algorithm: algorithm, input: input, nonceOffset: nonceOffset,
            epoch: try Epoch(algorithm, height: height, seed: seed))
    }
}

extension Job {
    /// The first unit's work.
    package var work: Work {
        guard let unit = source.unit(0) else { preconditionFailure("the job \(id) has no work") }
        return unit.work
    }

    /// The first unit's nonces.
    package var nonces: NonceSpace { source.unit(0)?.nonces ?? .full }

    package var nextSeed: [UInt8]? { nextEpoch?.seed }
}

extension Share {
    /// A share of a job's first unit.
    package init(job: Job, nonce: UInt32, proof: Proof, device: DeviceID) {
        self.init(
            jobID: job.id, unit: job.source.unit(0) ?? WorkUnit(job.work, nonces: job.nonces), target: job.target,
            nonce: nonce, proof: proof, device: device)
    }

    package init(job: Job, nonce: UInt32, digest: Digest, device: DeviceID) {
        self.init(job: job, nonce: nonce, proof: Proof(digest: digest), device: device)
    }
}

extension Target {
    /// The 64-bit number of a CryptoNote pool's target, which a hash's top word must be less than.
    package var value: UInt64 { top == .max ? .max : top + 1 }
}

extension PoolDifficulty: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: UInt64) { self.init(hashes: UInt128(value)) }
}
