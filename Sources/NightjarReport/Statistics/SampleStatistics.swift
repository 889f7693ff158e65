/// Robust statistics of a few measurements. None is defined for no values; then each is `nil`.
///
/// The median and the quantiles do not move when one sample was disturbed, which a mean does.
package enum SampleStatistics {
    /// The middle value, or the mean of the two middle ones.
    package static func median(_ values: [Double]) -> Double? { quantile(ofSorted: values.sorted(), 0.5) }

    /// The value below which the part `p` of the values lies, with linear interpolation between neighbours (Hyndman and
    /// Fan's type 7, NumPy's default).
    ///
    /// - Parameters:
    ///   - sorted: rising.
    ///   - p: from 0 to 1.
    package static func quantile(ofSorted sorted: [Double], _ p: Double) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = p * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }

    /// The median of the distances from the median, without a factor.
    package static func medianAbsoluteDeviation(_ values: [Double]) -> Double? {
        guard let centre = median(values) else { return nil }
        return median(values.map { abs($0 - centre) })
    }

    /// Tukey's fences: values outside are outliers. They lie 1.5 times the range between the quartiles beyond these.
    package static func tukeyFences(_ values: [Double]) -> ClosedRange<Double>? {
        let sorted = values.sorted()
        guard let first = quantile(ofSorted: sorted, 0.25), let third = quantile(ofSorted: sorted, 0.75) else {
            return nil
        }
        let reach = 1.5 * (third - first)
        return (first - reach)...(third + reach)
    }

    /// The indices of the values outside of ``tukeyFences(_:)``. With fewer than four values, none can be told.
    package static func outliers(_ values: [Double]) -> [Int] {
        guard values.count >= 4, let fences = tukeyFences(values) else { return [] }
        return values.indices.filter { !fences.contains(values[$0]) }
    }
}
