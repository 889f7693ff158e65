extension Miner {
    /// The limits that end a run, and how long its end may take.
    package struct Limits: Sendable {
        /// Ends the run after this time; `nil` for no limit.
        package var duration: Duration?
        /// Ends the run once this many shares were accepted or rejected; `nil` for no limit. Stale and expired shares
        /// do not count. The lanes pause while enough shares are in flight, so that few more are found.
        package var shares: Int?
        /// How long the end of a run waits for the lanes. A batch takes less time. An OpenCL driver may compile for a
        /// minute and cannot be stopped.
        package var laneGrace: Duration = .seconds(4)
        /// How long the end of a run waits for answers. Shares without an answer then expire.
        package var answerGrace: Duration = .seconds(5)
        /// The time from one report of the hash rate to the next.
        package var rateInterval: Duration = .seconds(10)
        /// The time from one count for the statistics to the next.
        package var sampleInterval: Duration = .seconds(1)
        /// The lanes wait when this many shares are in flight. A slow upstream must slow the lanes, not fill the
        /// memory.
        package var inFlight = 64

        package init() {}
    }
}
