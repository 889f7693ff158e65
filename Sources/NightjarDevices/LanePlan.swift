/// How a device would run an algorithm: what it runs on, and why.
package struct LanePlan: Sendable {
    /// One maker a lane. Each is called on the thread that is to be the lane's own, which it may pin.
    package let lanes: [@Sendable () throws -> any Lane]
    /// The choice in words, one sentence a line: how many lanes, where, and why.
    package let explanation: [String]
    /// What the user could do to make it faster, one sentence a line.
    package let hints: [String]

    package init(lanes: [@Sendable () throws -> any Lane], explanation: [String], hints: [String] = []) {
        self.lanes = lanes
        self.explanation = explanation
        self.hints = hints
    }
}
