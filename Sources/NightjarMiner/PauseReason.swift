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

extension PauseReason {
    /// For people, after "paused:".
    package var words: String {
        switch self {
        case .user: "by the user"
        case .api: "by the API"
        case .battery: "the machine runs on its battery"
        case .schedule: "outside the hours of the schedule"
        case .temperature: "too hot"
        }
    }
}
