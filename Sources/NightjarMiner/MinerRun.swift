import Nightjar
import NightjarCore

extension Miner {
    /// When a run ends, and how patiently.
    package struct Limits: Sendable {
        /// Ends the run after this long; `nil` never does.
        package var duration: Duration?
        /// Ends the run once this many shares have been accepted or rejected; `nil` never does. Stale and expired ones
        /// don't count. The lanes pause while enough shares are under way, so that few more are found.
        package var shares: Int?
        /// How long lanes are waited for at the end. A batch takes less; an OpenCL driver that compiles may take a
        /// minute, and cannot be told to end.
        package var laneGrace: Duration = .seconds(4)
        /// How long after its end a run waits for answers in flight; then they expire.
        package var answerGrace: Duration = .seconds(5)
        /// The time from one report of the hash rate to the next.
        package var rateInterval: Duration = .seconds(10)
        /// The time from one count for the statistics to the next.
        package var sampleInterval: Duration = .seconds(1)
        /// Shares in flight beyond which the lanes wait: a slow upstream must slow them, not fill the memory.
        package var inFlight = 64

        package init() {}
    }

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
