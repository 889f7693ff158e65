import NightjarAlgorithms
import NightjarCore

/// How many CryptoNight hashes take turns in a lane: a trial finds the fastest number.
///
/// One hash waits for its scratchpad most of the time, and others can use that time, until their scratchpads push each
/// other out of the cache or the processor has no time left to give away. What the cache holds is known from its size and
/// is said; but a cache may be shared with others who are not seen, and where all wait for memory, more of them wait at
/// once. So the size does not decide alone: every number is tried.
package enum WidthChoice {
    /// The widths to try: 1 to this.
    package static func limit(_ parameters: CryptoNightParameters, implementation: Implementation) -> Int {
        // cn/gpu computes all the time, and so does plain code.
        parameters.base == .gpu || implementation == .portable ? 1 : CryptoNightHasher.widest
    }

    /// One sentence for a plan's explanation; `nil` where there is nothing to choose.
    ///
    /// - Parameters:
    ///   - scratchpads: how many of them a lane's share of the cache holds; `nil` if that is not known.
    package static func explanation(limit: Int, scratchpads: Int?) -> String? {
        guard limit > 1 else { return nil }
        let cache = scratchpads.map { "a lane's share of the cache holds \($0 == 1 ? "1 scratchpad" : "\($0) scratchpads"); " }
        return (cache ?? "") + "1 to \(limit) hashes take turns in a lane, as many as a trial finds fastest"
    }

    /// What a lane has to say of its choice.
    static func remark(_ width: Int, of widths: ClosedRange<Int>) -> String {
        width == 1
            ? "one hash at a time, which was faster in a trial than 2 to \(widths.upperBound) that take turns"
            : "\(width) hashes take turns, the fastest of \(widths.lowerBound) to \(widths.upperBound) in a trial"
    }

    /// The fastest of some widths.
    ///
    /// - Parameters:
    ///   - widths: if it is one alone, nothing is tried.
    ///   - seconds: how long so many hashes at once take; asked three times for each width, and the least counts, because
    ///     whatever disturbs a trial lengthens it.
    package static func fastest(of widths: ClosedRange<Int>, _ seconds: (Int) -> Double) -> Int {
        guard widths.count > 1 else { return widths.lowerBound }
        var least = widths.map { _ in Double.infinity }
        for _ in 0..<3 {
            for (i, width) in widths.enumerated() { least[i] = min(least[i], seconds(width) / Double(width)) }
        }
        // Narrower is better when it is as fast: new jobs are taken up sooner.
        let bound = (least.min() ?? 0) * 1.01
        return zip(widths, least).first { $1 <= bound }?.0 ?? widths.lowerBound
    }
}
