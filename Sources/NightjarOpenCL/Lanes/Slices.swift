/// The parts into which a long loop is cut, one launch each.
///
/// A display on the same device, and other programs, wait for the launch that runs. So launches must not be long. They
/// must not be too short either, because each has a cost of its own. The size is corrected after each batch, when it is
/// known how long a turn of the loop takes.
package struct Slices: Sendable, Hashable {
    /// Turns of one launch.
    package private(set) var size: Int

    private let whole, unit, most: Int
    /// Seconds of a launch; `nil` leaves the size as it is.
    private let wanted: Double?

    /// - Parameters:
    ///   - first: the size until a batch was measured.
    ///   - whole: turns of the loop.
    ///   - unit: sizes are multiples of it, except for the last part.
    ///   - most: the most turns of one launch, a multiple of `unit`.
    ///   - milliseconds: the longest that a launch may take; 0 leaves the size as it is.
    package init(first: Int, whole: Int, unit: Int = 1, most: Int = .max, milliseconds: Int) {
        precondition(first > 0 && whole > 0 && unit > 0 && most >= unit, "a launch does something")
        self.whole = whole
        self.unit = unit
        self.most = min(most, whole)
        wanted = milliseconds > 0 ? Double(milliseconds) / 1000 : nil
        size = min(first, whole, most)
    }

    /// Corrects the size after a measurement: `turns` turns took `seconds`, together with the rest of their batch.
    package mutating func note(seconds: Double, turns: Int) {
        guard let wanted, turns > 0, seconds > 0 else { return }
        let fitting = max(Double(unit), min(Double(most), wanted / seconds * Double(turns)))
        // All launches of the loop get the same size.
        let launches = (Double(whole) / fitting).rounded(.up)
        let even = Int((Double(whole) / launches / Double(unit)).rounded(.up)) * unit
        // Times vary: a size that is only a little too small stays.
        if even < size || Double(even) > 1.5 * Double(size) { size = min(even, most) }
    }

    /// The parts of the loop, in order.
    package var parts: some Sequence<Range<Int>> {
        stride(from: 0, to: whole, by: size).lazy.map { [whole, size] in $0..<min(whole, $0 + size) }
    }
}
