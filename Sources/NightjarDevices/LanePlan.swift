/// How a device would run an algorithm: its lanes, and why they were chosen.
package struct LanePlan: Sendable {
    /// One maker for each lane. A maker is called on the lane's own thread, and may pin it.
    package let lanes: [@Sendable () throws -> any Lane]
    /// The choice in words, one sentence each: how many lanes, where, and why.
    package let explanation: [String]
    /// What the user could do for more speed, one sentence each.
    package let hints: [String]

    package init(lanes: [@Sendable () throws -> any Lane], explanation: [String], hints: [String] = []) {
        self.lanes = lanes
        self.explanation = explanation
        self.hints = hints
    }
}
