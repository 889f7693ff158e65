/// How much of a long loop goes into one launch.
///
/// A display that hangs on the device waits for the launch in hand, and so do other programs; a launch that is too
/// short costs more than it does. How long a turn of the loop takes is known once a batch has been run.
package struct Slices: Sendable, Hashable {
    /// Turns of one launch.
    package private(set) var size: Int

    private let whole, unit: Int
    /// Seconds of a launch; `nil` leaves the size as it is.
    private let wanted: Double?

    /// - Parameters:
    ///   - first: the size until something is measured.
    ///   - whole: turns of the loop.
    ///   - unit: what sizes are multiples of, but where the loop ends.
    ///   - milliseconds: of a launch, at most; 0 leaves the size as it is.
    package init(first: Int, whole: Int, unit: Int = 1, milliseconds: Int) {
        precondition(first > 0 && whole > 0 && unit > 0, "a launch does something")
        self.whole = whole
        self.unit = unit
        wanted = milliseconds > 0 ? Double(milliseconds) / 1000 : nil
        size = min(first, whole)
    }

    /// Takes into account that `turns` turns took `seconds`, with all that went on beside them.
    package mutating func note(seconds: Double, turns: Int) {
        guard let wanted, turns > 0, seconds > 0 else { return }
        let fitting = max(Double(unit), min(Double(whole), wanted / seconds * Double(turns)))
        // As many launches as are needed, each as long as the others.
        let launches = (Double(whole) / fitting).rounded(.up)
        let even = Int((Double(whole) / launches / Double(unit)).rounded(.up)) * unit
        // Times vary: what is only a little shorter than it might be stays.
        if even < size || Double(even) > 1.5 * Double(size) { size = min(even, whole) }
    }

    /// The parts of the loop, in order.
    package var parts: some Sequence<Range<Int>> {
        stride(from: 0, to: whole, by: size).lazy.map { [whole, size] in $0..<min(whole, $0 + size) }
    }
}
