import NightjarJSON

/// A decimal number above zero with all its digits: `digits` · 10^`exponent`.
struct DecimalNumber: Sendable, Hashable {
    let digits: Natural
    let exponent: Int
    /// How many digits stand before the point; negative for zeros behind it.
    let magnitude: Int

    static let one = DecimalNumber(digits: Natural(1), exponent: 0, magnitude: 1)

    private init(digits: Natural, exponent: Int, magnitude: Int) {
        self.digits = digits
        self.exponent = exponent
        self.magnitude = magnitude
    }

    /// - Parameter text: a JSON number; the result is `nil` for anything else, for more than 64 bytes, and for numbers
    ///   that are not above zero.
    init?(_ text: String) {
        guard text.utf8.count <= 64, case .number(let literal)? = try? JSON(parsing: text.utf8) else { return nil }
        let parts = literal.split { $0 == "e" || $0 == "E" }
        let figures = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard !literal.hasPrefix("-") else { return nil }
        let fraction = figures.count > 1 ? figures[1] : ""
        var all = Substring(figures[0] + fraction)
        // An exponent with more digits than a number of the machine has is far beyond every bound.
        let limit = 1_000_000
        let written = parts.count > 1 ? Int(parts[1]) ?? (parts[1].hasPrefix("-") ? -limit : limit) : 0
        var exponent = min(max(written, -limit), limit) - fraction.count
        all = all.drop { $0 == "0" }
        while all.last == "0" {
            all.removeLast()
            exponent += 1
        }
        guard !all.isEmpty else { return nil }
        var digits = Natural(0)
        for digit in all.utf8 { digits.multiply(by: 10, adding: UInt32(digit - UInt8(ascii: "0"))) }
        self.digits = digits
        self.exponent = exponent
        magnitude = all.count + exponent
    }
}
