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
}
