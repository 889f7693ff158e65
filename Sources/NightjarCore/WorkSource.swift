/// A Work with the nonces of it that may be tried.
public struct WorkUnit: Sendable, Hashable {
    public let work: Work
    public let nonces: NonceSpace
    /// What the dialect needs to submit a share of this Work, an extra nonce or a time; nothing in it is read by anyone
    /// else.
    public let token: [UInt8]

    /// - Parameter work: must have a place for the nonce; a programmer's error otherwise.
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
    /// A function of the number alone: who asks again for the same number gets the same unit. It is asked for ahead of
    /// need, from any thread, and must not block.
    func unit(_ index: UInt64) -> WorkUnit?
}

/// A source of one unit, as a Monero job has.
public struct SingleWork: WorkSource, Hashable {
    public let unit: WorkUnit

    public init(_ unit: WorkUnit) { self.unit = unit }

    public func unit(_ index: UInt64) -> WorkUnit? { index == 0 ? unit : nil }
}
