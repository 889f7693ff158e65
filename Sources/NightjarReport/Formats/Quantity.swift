/// Numbers for people: about four digits, and a unit with a prefix.
package enum Quantity {
    private static let prefixes: [(factor: Double, name: String)] = [
        (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"),
    ]

    /// Such as `5.41 kH/s`.
    package static func text(_ value: Double, _ unit: String) -> String {
        guard value.isFinite else { return "unknown" }
        guard value != 0 else { return "0 \(unit)" }
        let size = abs(value)
        // What rounds to 1000 gets the next prefix.
        let prefix = prefixes.first { size / $0.factor >= 0.9995 } ?? (1e-12, "p")
        return "\(digits(value / prefix.factor)) \(prefix.name)\(unit)"
    }

    /// Hashes per second: `98.3 H/s`, `558.6 H/s`, `5.41 kH/s`.
    package static func rate(_ hashesPerSecond: Double) -> String {
        guard hashesPerSecond.isFinite else { return "unknown" }
        // Fractions of a hash a second have no prefix: millihashes are no unit that miners use.
        if hashesPerSecond > 0, hashesPerSecond < 1 { return "\(significant(hashesPerSecond, 3)) H/s" }
        if hashesPerSecond < 999.95 { return "\(fixed(hashesPerSecond, 1)) H/s" }
        let prefix = prefixes.first { hashesPerSecond / $0.factor >= 0.99995 } ?? (1, "")
        return "\(fixed(hashesPerSecond / prefix.factor, 2)) \(prefix.name)H/s"
    }

    /// A round number on an axis: `2 kH/s`.
    package static func tick(_ value: Double, _ unit: String) -> String {
        let words = text(value, unit).split(separator: " ")
        guard let number = words.first, number.contains(".") else { return words.joined(separator: " ") }
        var trimmed = number
        while trimmed.last == "0" { trimmed.removeLast() }
        if trimmed.last == "." { trimmed.removeLast() }
        return ([trimmed] + words.dropFirst()).joined(separator: " ")
    }

    /// A time such as `16.1 s` or `2 min 5 s`.
    package static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "unknown" }
        guard seconds >= 100 else { return "\(digits(seconds)) s" }
        let whole = Int(seconds.rounded())
        return "\(whole / 60) min \(whole % 60) s"
    }

    /// Bytes by powers of 1024: `7.5 GiB`.
    package static func bytes(_ bytes: UInt64) -> String {
        for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes >> shift > 0 {
            return "\(digits(Double(bytes) / Double(1 << shift))) \(unit)"
        }
        return "\(bytes) bytes"
    }

    /// A part as per cent: `±0.4 %` without its sign.
    package static func percent(_ part: Double) -> String { "\(digits(part * 100)) %" }

    /// A ratio such as `3.4`, with the digits that its interval leaves sure.
    package static func ratio(_ ratio: Double) -> String {
        ratio >= 0.1 ? digits(ratio) : significant(ratio, 2)
    }

    /// Three digits, and no more than two behind the point.
    private static func digits(_ value: Double) -> String {
        let size = abs(value)
        return fixed(value, size < 9.995 ? 2 : size < 99.95 ? 1 : 0)
    }

    private static func significant(_ value: Double, _ digits: Int) -> String {
        var (places, size) = (digits - 1, abs(value))
        while size > 0, size < 1, places < 15 {
            size *= 10
            places += 1
        }
        return fixed(value, places)
    }

    /// A decimal with exactly `places` digits behind the point.
    package static func fixed(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        var scale: Int64 = 1
        for _ in 0..<places { scale *= 10 }
        guard abs(value) * Double(scale) < 9e18 else { return "\(value)" }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
