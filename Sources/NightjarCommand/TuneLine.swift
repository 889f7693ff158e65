import NightjarMiner

/// The progress of a search for settings, on one line of a terminal.
package enum TuneLine {
    /// Such as `[######....] cn/r on opencl:0.0: groupLoop 32, about 12 s left; best so far 12.3 kH/s`, cut to `width`.
    ///
    /// - Parameters:
    ///   - fraction: the part of the time that is over, from 0 to 1.
    ///   - seconds: all of the time.
    ///   - best: hashes per second; `nil` while it is not known.
    package static func text(
        _ name: String, fraction: Double, of seconds: Double, trying: String, best: Double?, width: Int
    ) -> String {
        let bar = 20
        let full = max(0, min(bar, Int(fraction * Double(bar))))
        let left = Int(max(0, min(1e6, (1 - fraction) * seconds)).rounded(.up))
        let best = best.map { "; best so far \(PlainText.rate($0))" } ?? ""
        let drawn = String(repeating: "#", count: full) + String(repeating: ".", count: bar - full)
        return String("[\(drawn)] \(name): \(trying), about \(left) s left\(best)".prefix(max(0, width)))
    }
}
