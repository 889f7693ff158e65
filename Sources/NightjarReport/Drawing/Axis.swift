import Glibc

/// Maps values to places along a line, with round ticks.
package struct Axis: Sendable, Hashable {
    package let domain: ClosedRange<Double>
    package let ticks: [Double]
    let isLogarithmic: Bool
    /// Where the domain lies in the picture.
    private(set) var begin: Double
    private(set) var end: Double

    /// A logarithmic axis around positive values, from one tick to another; the ticks are 1, 2 and 5 times powers of ten,
    /// or powers of ten alone where these are many.
    package init(logarithmic values: [Double], from begin: Double, to end: Double) {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        let (least, most) = (positive.min() ?? 1, positive.max() ?? 1)
        var ladder: [Double] = []
        for exponent in Int(log10(least).rounded(.down)) - 1...Int(log10(most).rounded(.up)) + 1 {
            for step in [1.0, 2, 5] { ladder.append(step * Self.power(exponent)) }
        }
        // The closest ticks outside of the values, and never a single point.
        let low = ladder.last { $0 < least * 0.97 } ?? least / 2
        let high = ladder.first { $0 > most * 1.03 } ?? most * 2
        let inside = ladder.filter { $0 >= low && $0 <= high }
        let decades = inside.filter { tick in Self.isPower(tick) }
        ticks = inside.count > 7 ? decades : inside
        domain = low...high
        isLogarithmic = true
        self.begin = begin
        self.end = end
    }

    /// A linear axis that holds the domain, with about `count` ticks.
    package init(linear domain: ClosedRange<Double>, ticks count: Int, from begin: Double, to end: Double) {
        let width = max(domain.upperBound - domain.lowerBound, .leastNormalMagnitude)
        let rough = width / Double(max(count, 1))
        let base = Self.power(Int(log10(rough).rounded(.down)))
        let step = [1.0, 2, 5, 10].map { $0 * base }.first { $0 >= rough } ?? rough
        let first = (domain.lowerBound / step - 1e-9).rounded(.up)
        let last = (domain.upperBound / step + 1e-9).rounded(.down)
        ticks = first <= last && last - first < 100 ? stride(from: first, through: last, by: 1).map { $0 * step } : []
        self.domain = domain
        isLogarithmic = false
        self.begin = begin
        self.end = end
    }

    /// Where a value lies; values outside of the domain lie at its ends.
    package func place(_ value: Double) -> Double {
        let value = min(max(value, domain.lowerBound), domain.upperBound)
        let part: Double
        if isLogarithmic {
            part = log(value / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
        } else {
            let width = domain.upperBound - domain.lowerBound
            part = width > 0 ? (value - domain.lowerBound) / width : 0.5
        }
        return begin + part * (end - begin)
    }

    /// A power of ten, by multiplications alone, which give the same bits everywhere.
    private static func power(_ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<min(abs(exponent), 300) { result *= 10 }
        return exponent < 0 ? 1 / result : result
    }

    private static func isPower(_ value: Double) -> Bool {
        let exponent = log10(value).rounded()
        return abs(value / power(Int(exponent)) - 1) < 1e-9
    }
}
