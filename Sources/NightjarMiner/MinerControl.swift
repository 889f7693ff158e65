/// What keys, the API and the caretaker may ask of a running miner.
package protocol MinerControl: Sendable {
    /// Lets the lanes rest until ``resume(_:)`` has removed every reason. The connection stays.
    func pause(_ reason: PauseReason) async
    func resume(_ reason: PauseReason) async
    /// Ends the run in order.
    func stop(_ reason: Miner.End) async
    /// Ends the waits of a run that is ending.
    func hurry() async
}
