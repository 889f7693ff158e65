/// The plan's sentence about how scrypt is hashed.
package enum ScryptWords {
    /// - Parameters:
    ///   - code: the code's name.
    ///   - widths: the numbers of hashes that it makes at once, ascending.
    ///   - scratchpads: how many scratchpads fit into a lane's part of the cache; `nil` when it is not known.
    package static func explanation(_ code: String, widths: [Int], scratchpads: Int?) -> String {
        guard let most = widths.last, most > 1 else { return "\(code) makes one hash after the other" }
        let cache = scratchpads.map {
            "a lane's part of the cache holds \($0 == 1 ? "1 scratchpad" : "\($0) scratchpads"); "
        }
        let numbers = WidthChoice.list(widths, "or")
        let choice = widths.count > 1 ? "; the fastest number is found by measuring" : ""
        return (cache ?? "") + "\(code) makes \(numbers) hashes at once in a lane" + choice
    }
}
