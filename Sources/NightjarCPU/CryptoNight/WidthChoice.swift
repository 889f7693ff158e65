import NightjarAlgorithms
import NightjarCore

/// How many CryptoNight hashes may take turns in a lane, and the sentences about it. ``WidthWatch`` finds the fastest
/// number.
///
/// One hash mostly waits for its scratchpad, and other hashes can use that time. More hashes help until their
/// scratchpads push each other out of the cache, or until the processor is busy all the time. The cache's size tells
/// how many scratchpads fit, and the plan says it. But other programs may use the cache too, and when all hashes wait
/// for memory, more of them can wait at once. So the size does not decide alone: every number is tried.
package enum WidthChoice {
    /// The widths to try: 1 to this.
    package static func limit(_ parameters: CryptoNightParameters, implementation: Implementation) -> Int {
        // cn/gpu and portable code are limited by arithmetic and do not wait for memory.
        parameters.base == .gpu || implementation == .portable ? 1 : CryptoNightHasher.widest
    }

    /// One sentence for a plan's explanation; `nil` when there is only one width.
    ///
    /// - Parameters:
    ///   - scratchpads: how many scratchpads fit into a lane's part of the cache; `nil` when it is not known.
    package static func explanation(limit: Int, scratchpads: Int?) -> String? {
        guard limit > 1 else { return nil }
        let cache = scratchpads.map {
            "a lane's part of the cache holds \($0 == 1 ? "1 scratchpad" : "\($0) scratchpads"); "
        }
        return (cache ?? "") + "1 to \(limit) hashes take turns in a lane; the fastest number is found by measuring"
    }

    /// A lane's remark: that widths are compared, or the fastest of all once it is known. The first does not change while
    /// widths drop out, so that it is told once.
    package static func remark(of all: [Int], fastest: Int?) -> String {
        switch fastest {
        case nil: "comparing \(range(all)) hashes at a time during work"
        case let fastest?: "\(fastest) \(fastest == 1 ? "hash" : "hashes") at a time (fastest of \(range(all)))"
        }
    }

    /// "1–8" or "8, 16 and 32".
    private static func range(_ widths: [Int]) -> String {
        guard let first = widths.first, let last = widths.last, last - first == widths.count - 1 else {
            return list(widths, "and")
        }
        return "\(first)–\(last)"
    }

    /// "1, 2 or 4".
    static func list(_ widths: [Int], _ conjunction: String) -> String {
        guard let last = widths.last, widths.count > 1 else { return widths.map(String.init).joined() }
        return widths.dropLast().map(String.init).joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
