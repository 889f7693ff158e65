/// What may be asked of a running miner: by keys, the API, care for the machine.
package protocol MinerControl: Sendable {
    /// Lets the lanes rest until ``resume(_:)`` has taken back every reason. The connection stays.
    func pause(_ reason: PauseReason) async
    func resume(_ reason: PauseReason) async
    /// Ends the run in order.
    func stop(_ reason: Miner.End) async
}
