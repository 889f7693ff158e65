/// About how long a benchmark still takes: from the limits at first, then from the pairs that are done.
package struct TimeLeft: Sendable, Hashable {
    private let pairs: Int
    private var done = 0
    private var typical: Double

    /// - Parameters:
    ///   - pairs: all that will be measured.
    ///   - typical: the seconds that a pair takes at least.
    package init(pairs: Int, typical: Double) {
        self.pairs = pairs
        self.typical = typical
    }

    /// Takes in that pairs are done.
    ///
    /// - Parameter elapsed: seconds since the beginning.
    package mutating func note(done more: Int, elapsed: Double) {
        done += more
        if done > 0 { typical = elapsed / Double(done) }
    }

    /// Seconds left in all.
    ///
    /// - Parameters:
    ///   - group: the pairs that are being measured.
    ///   - left: the seconds that they still take, where that is known.
    package func seconds(group: Int, left: Double? = nil) -> Double {
        Double(max(0, pairs - done - group)) * typical + (left ?? Double(group) * typical)
    }

    /// `about 2 min 5 s left`; empty for less than a second.
    package func words(group: Int, left: Double? = nil) -> String {
        let seconds = seconds(group: group, left: left)
        return seconds > 1 ? ", about \(Quantity.seconds(seconds.rounded())) left" : ""
    }
}
