import NightjarCore

/// How a device would run an algorithm: its lanes, and why they were chosen.
package struct LanePlan: Sendable {
    /// One maker for each lane. A maker is called on the lane's own thread, and may pin it.
    package let lanes: [@Sendable () throws -> any Lane]
    /// How many lanes are made at once.
    package let madeAtOnce: Int
    /// The choice in words, one sentence each: how many lanes, where, and why.
    package let explanation: [String]
    /// The numbers and names of the choice.
    package let facts: LaneFacts
    /// What the user could do for more speed, one sentence each.
    package let hints: [String]

    /// - Parameters:
    ///   - madeAtOnce: `nil` means all.
    ///   - facts: what is known beside the number of lanes.
    package init(
        lanes: [@Sendable () throws -> any Lane], madeAtOnce: Int? = nil, explanation: [String],
        facts: LaneFacts = LaneFacts(), hints: [String] = []
    ) {
        self.madeAtOnce = madeAtOnce ?? lanes.count
        self.facts = facts.with(lanes: lanes.count)
        self.lanes = lanes
        self.explanation = explanation
        self.hints = hints
    }
}
