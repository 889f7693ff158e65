/// Why a miner rests. Several may hold at once; it works again when none does.
package enum PauseReason: String, Sendable, Hashable, CaseIterable {
    /// The user's wish, by a key.
    case user
    /// The wish of somebody who has the API's token.
    case api
    /// The machine runs on its battery.
    case battery
    /// It is not an hour at which to mine.
    case schedule
    /// A device is so hot that even the lowest duty cycle is too much.
    case temperature
}

/// What may be asked of a running miner: by keys, the API, care for the machine.
package protocol MinerControl: Sendable {
    /// Lets the lanes rest until ``resume(_:)`` has taken back every reason. The connection stays.
    func pause(_ reason: PauseReason) async
    func resume(_ reason: PauseReason) async
    /// Ends the run in order.
    func stop(_ reason: Miner.End) async
}

/// Hands what the miner tells to several, in their order.
package struct Reporters: Reporter {
    private let all: [any Reporter]

    package init(_ all: [any Reporter]) { self.all = all }

    package func report(_ event: MinerEvent) {
        for reporter in all { reporter.report(event) }
    }
}
