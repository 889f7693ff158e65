/// What must be made ready beside the input, for many hashes: what changes between one epoch and the next.
public enum Epoch: Sendable, Hashable {
    /// The algorithm needs nothing.
    case none
    /// The block height, which chooses a random program.
    case height(UInt64)
    /// The RandomX key, 0 to 60 bytes.
    case seed([UInt8])

    /// RandomX's key is a string of 0 to 60 bytes, by section 2 of its specification.
    package static let maximumSeedLength = 60

    /// What `algorithm` needs of the height and seed that a pool, a node or a user gave.
    ///
    /// - Throws: ``NightjarError`` when what it needs is missing, or the seed is longer than it takes.
    package init(_ algorithm: Algorithm, height: UInt64?, seed: [UInt8]?) throws(NightjarError) {
        self = .none
        for need in algorithm.needs {
            switch need {
            case .height:
                guard let height else { throw .missingHeight(algorithm: algorithm.name) }
                self = .height(height)
            case .seed:
                guard let seed else { throw .missingSeed(algorithm: algorithm.name) }
                self = .seed(seed)
            }
        }
        try check(algorithm)
    }

    /// The block height, where that is what the epoch is.
    package var height: UInt64? { if case .height(let height) = self { height } else { nil } }

    /// The RandomX key, where that is what the epoch is.
    package var seed: [UInt8]? { if case .seed(let seed) = self { seed } else { nil } }

    /// - Throws: ``NightjarError`` unless this is an epoch of `algorithm`'s kind.
    func check(_ algorithm: Algorithm) throws(NightjarError) {
        for need in algorithm.needs {
            switch need {
            case .height: guard height != nil else { throw .missingHeight(algorithm: algorithm.name) }
            case .seed:
                guard let seed else { throw .missingSeed(algorithm: algorithm.name) }
                guard seed.count <= Self.maximumSeedLength else {
                    throw .seedTooLong(algorithm: algorithm.name, bytes: seed.count, maximum: Self.maximumSeedLength)
                }
            }
        }
    }
}
