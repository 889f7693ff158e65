extension Miner {
    /// Why a run ended.
    package enum End: Sendable, Hashable {
        case duration
        case shares
        /// SIGINT or SIGTERM, by number.
        case signal(Int32)
        /// The user asked for it, with a key or through the API.
        case request
        /// Every device failed; the reason is the last device's.
        case noDevice(reason: String)
        /// No pool or node can be used with these settings; the reason is the last one's.
        case noUpstream(reason: String)
        /// Standard output is gone, and no log file is written.
        case outputLost

        /// Whether the user is told that the run ends, and what it waits for.
        var isSaid: Bool {
            switch self {
            case .duration, .shares, .signal, .request: true
            case .noDevice, .noUpstream, .outputLost: false
            }
        }
    }

    /// The result of a run.
    package struct Outcome: Sendable, Hashable {
        package let end: End
        package let summary: MinerSummary
        /// Whether the upstream ever gave a job.
        package let hadJob: Bool
        /// The upstream's last problem, in words.
        package let trouble: String?
    }
}
