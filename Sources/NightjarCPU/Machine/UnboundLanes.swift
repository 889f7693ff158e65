import NightjarDevices

/// Lanes that are bound to no core.
package struct UnboundLanes: Sendable {
    /// One maker for each lane. A lane may be made on any thread.
    package let makers: [@Sendable () throws -> any InputLane]
    /// The bytes of all scratchpads, once all lanes are made.
    package let scratchpads: Int
}
