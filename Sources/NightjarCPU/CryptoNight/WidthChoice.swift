import NightjarAlgorithms
import NightjarCore

/// How many CryptoNight hashes take turns in a lane: a trial finds the fastest numbers, and work finds the fastest of these.
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
        return (cache ?? "") + "1 to \(limit) hashes take turns in a lane, as many as are fastest"
    }

    /// What a lane has to say before it has worked.
    static func remark(_ choices: [Int], of widths: ClosedRange<Int>) -> String {
        choices.count == 1
            ? remark(choices[0], of: Array(widths))
            : "how many hashes at once are fastest, \(list(choices)), is found out at work"
    }

    /// What a lane has to say once it knows.
    static func remark(_ width: Int, of widths: [Int]) -> String {
        width == 1
            ? "one hash at a time, which was faster here than \(list(widths.filter { $0 != 1 })) at once"
            : "\(width) hashes at once, the fastest of \(list(widths))"
    }

    /// "1, 2 or 4".
    private static func list(_ widths: [Int]) -> String {
        guard let last = widths.last, widths.count > 1 else { return widths.map(String.init).joined() }
        return widths.dropLast().map(String.init).joined(separator: ", ") + " or \(last)"
    }

    /// As many widths as are left to be compared at work.
    private static let most = 4
    /// Those that took longer in a trial, against the fastest, are left out.
    private static let chance = 1.25

    /// The fastest of some widths, and those that are nearly as fast: a trial is short. Rising.
    ///
    /// - Parameters:
    ///   - widths: if it is one alone, nothing is tried.
    ///   - seconds: how long so many hashes at once take; asked three times for each width, and the least counts, because
    ///     whatever disturbs a trial lengthens it.
    package static func fastest(of widths: ClosedRange<Int>, _ seconds: (Int) -> Double) -> [Int] {
        guard widths.count > 1 else { return [widths.lowerBound] }
        var least = widths.map { _ in Double.infinity }
        for _ in 0..<3 {
            for (i, width) in widths.enumerated() { least[i] = min(least[i], seconds(width) / Double(width)) }
        }
        let bound = (least.min() ?? 0) * chance
        return zip(widths, least).filter { $1 <= bound }.sorted { $0.1 < $1.1 }.prefix(most).map(\.0).sorted()
    }
}
