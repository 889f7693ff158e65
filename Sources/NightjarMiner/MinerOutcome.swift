extension Miner {
    /// Why a run ended.
    package enum End: Sendable, Hashable {
        case duration
        case shares
        /// SIGINT or SIGTERM, by number.
        case signal(Int32)
        /// Somebody asked for it: by a key, or by the API.
        case request
        /// Every device failed; the last one's reason.
        case noDevice(reason: String)
        /// Nobody reads what is reported any more.
        case outputLost
    }

    /// What a run came to.
    package struct Outcome: Sendable, Hashable {
        package let end: End
        package let summary: MinerSummary
        /// Whether the upstream ever gave a job.
        package let hadJob: Bool
        /// The upstream's last trouble, in words.
        package let trouble: String?
    }
}
