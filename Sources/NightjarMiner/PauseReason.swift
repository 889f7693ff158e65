/// A reason to rest. Several may hold at once; the miner works when none does.
package enum PauseReason: String, Sendable, Hashable, CaseIterable {
    /// The user pressed a key.
    case user
    /// A client with the API's token asked for it.
    case api
    /// The machine runs on its battery.
    case battery
    /// The machine is used, as logind tells.
    case active
    /// Other programs take more of the processor than the limit allows.
    case load
    /// The time is outside the hours of the schedule.
    case schedule
    /// A device is too hot even for the lowest duty cycle.
    case temperature
}

extension PauseReason {
    /// Whether a user asked for it and can end it with a key.
    package var isWish: Bool { self == .user || self == .api }

    /// `paused by the user`, `paused: the machine is in use, too hot`.
    package static func sentence(_ reasons: [PauseReason]) -> String {
        let words = reasons.map(\.words).joined(separator: ", ")
        return reasons.first?.isWish == true ? "paused \(words)" : "paused: \(words)"
    }

    /// For people, after "paused:".
    package var words: String {
        switch self {
        case .user: "by the user"
        case .api: "by the API"
        case .battery: "the machine runs on its battery"
        case .active: "the machine is in use"
        case .load: "other programs need the processor"
        case .schedule: "outside the hours of the schedule"
        case .temperature: "too hot"
        }
    }
}
