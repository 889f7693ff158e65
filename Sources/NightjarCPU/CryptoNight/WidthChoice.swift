import NightjarAlgorithms
import NightjarCore

/// How many CryptoNight hashes may take turns in a lane, and how that is said. ``WidthWatch`` finds out how many do.
///
/// One hash waits for its scratchpad most of the time, and others can use that time, until their scratchpads push each
/// other out of the cache or the processor has no time left to give away. What the cache holds is known from its size
/// and is said; but a cache may be shared with others who are not seen, and where all wait for memory, more of them
/// wait at once. So the size does not decide alone: every number is tried.
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
        let cache = scratchpads.map {
            "a lane's share of the cache holds \($0 == 1 ? "1 scratchpad" : "\($0) scratchpads"); "
        }
        return (cache ?? "") + "1 to \(limit) hashes take turns in a lane, as many as are fastest"
    }

    /// What a lane has to say: who is still in the running of 1 to `most`, or the fastest once it is known.
    package static func remark(_ candidates: [Int], of most: Int, fastest: Int?) -> String {
        switch fastest {
        case nil: "how many hashes at once are fastest, \(list(candidates)), is found out at work"
        case 1?: "one hash at a time, which is faster here than up to \(most) at once"
        case let fastest?: "\(fastest) hashes at once, the fastest of 1 to \(most)"
        }
    }

    /// "1, 2 or 4".
    private static func list(_ widths: [Int]) -> String {
        guard let last = widths.last, widths.count > 1 else { return widths.map(String.init).joined() }
        return widths.dropLast().map(String.init).joined(separator: ", ") + " or \(last)"
    }
}
