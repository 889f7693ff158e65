/// A Work with the nonces of it that may be tried.
public struct WorkUnit: Sendable, Hashable {
    package let work: Work
    package let nonces: NonceSpace
    /// What the dialect needs to submit a share of this Work, an extra nonce or a time; nothing else reads
    /// it.
    package let token: [UInt8]
    /// Works that a lane may hash beside `work` with the same nonces, where that is cheaper than one after the other.
    package let siblings: [Sibling]

    /// A Work that differs from its unit's only in the first 64 bytes of input, and its token.
    package struct Sibling: Sendable, Hashable {
        package let work: Work
        package let token: [UInt8]

        package init(_ work: Work, token: [UInt8]) { (self.work, self.token) = (work, token) }
    }

    /// The most siblings of a unit.
    package static let mostSiblings = 3

    /// - Parameters:
    ///   - work: must have a place for the nonce; without one this is a programmer's error, and traps.
    ///   - nonces: those to try.
    ///   - token: comes back as ``Share/token``.
    public init(_ work: Work, nonces: NonceSpace = .full, token: [UInt8] = []) {
        self.init(work, nonces: nonces, token: token, siblings: [])
    }

    /// - Parameter siblings: at most ``mostSiblings``. They have the nonce where `work` has it.
    package init(_ work: Work, nonces: NonceSpace = .full, token: [UInt8] = [], siblings: [Sibling]) {
        precondition(work.nonceOffset != nil, "a unit of work has a nonce")
        precondition(siblings.count <= Self.mostSiblings)
        precondition(siblings.allSatisfy { Self.areAlike($0.work, work) }, "siblings differ in the first 64 bytes only")
        self.work = work
        self.nonces = nonces
        self.token = token
        self.siblings = siblings
    }

    private static func areAlike(_ a: Work, _ b: Work) -> Bool {
        a.algorithm == b.algorithm && a.epoch == b.epoch && a.nonceOffset == b.nonceOffset
            && a.input.count == b.input.count && a.input.dropFirst(64) == b.input.dropFirst(64)
    }

    /// The unit of one of its works alone.
    ///
    /// - Parameter index: 0 is `work`; a sibling's place, counted from 1.
    package func alone(_ index: Int) -> WorkUnit {
        guard index > 0 else { return WorkUnit(work, nonces: nonces, token: token) }
        return WorkUnit(siblings[index - 1].work, nonces: nonces, token: siblings[index - 1].token)
    }
}

/// Where a job's work comes from: one Work whose nonces last, or a row of them that rolls over.
///
/// A lane that has tried all nonces of one unit goes on with the next. All units of a source have one algorithm and one
/// epoch.
public protocol WorkSource: Sendable {
    /// The unit of that number, from 0; `nil` behind the last one, which every source has at 0 or later.
    ///
    /// A function of the number alone: the same number always gives the same unit. Nightjar asks ahead of need, from
    /// any thread; the function must not block.
    func unit(_ index: UInt64) -> WorkUnit?
}

/// A source of one unit, as a Monero job has.
package struct SingleWork: WorkSource, Hashable {
    package let unit: WorkUnit

    package init(_ unit: WorkUnit) { self.unit = unit }

    package func unit(_ index: UInt64) -> WorkUnit? { index == 0 ? unit : nil }
}
