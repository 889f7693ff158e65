import CHashing

/// The clock of the core that runs the calling thread, measured by a chain of additions: one takes one cycle. It needs no
/// counter and no rights, and tells the truth in virtual machines.
package enum CoreClock {
    /// Additions of one measurement: about 2 ms.
    private static let count: UInt64 = 100_000

    /// Megahertz: the fastest of several measurements, because whatever comes between makes it slower.
    package static func megahertz() -> Double {
        var fastest = 0.0
        for _ in 0..<10 {
            let start = ContinuousClock.now
            _ = nj_add_chain(count)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if seconds > 0 { fastest = max(fastest, Double(count * 64) / seconds / 1e6) }
        }
        return fastest
    }
}
