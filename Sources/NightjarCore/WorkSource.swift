/// A Work with the nonces of it that may be tried.
public struct WorkUnit: Sendable, Hashable {
    package let work: Work
    package let nonces: NonceSpace
    /// What the dialect needs to submit a share of this Work, an extra nonce or a time; nothing else reads
    /// it.
    package let token: [UInt8]

    /// - Parameters:
    ///   - work: must have a place for the nonce; without one this is a programmer's error, and traps.
    ///   - nonces: those to try.
    ///   - token: comes back as ``Share/token``.
    public init(_ work: Work, nonces: NonceSpace = .full, token: [UInt8] = []) {
        precondition(work.nonceOffset != nil, "a unit of work has a nonce")
        self.work = work
        self.nonces = nonces
        self.token = token
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
