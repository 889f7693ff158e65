/// Decides when a device is warm: two windows in a row whose speeds hardly differ, once ways to hash have been compared,
/// or enough time.
package struct WarmUp: Sendable {
    /// Speeds that differ by less, as a part, are steady.
    package static let steady = 0.02

    private let most: Double
    private var lastRate: Double?
    package private(set) var seconds = 0.0
    package private(set) var isWarm = false

    /// - Parameter most: seconds after which it ends, steady or not.
    package init(most: Double) { self.most = most }

    /// Takes a window in.
    ///
    /// - Parameter isComparing: whether ways to hash were still compared at its end.
    package mutating func note(rate: Double, seconds: Double, isComparing: Bool = false) {
        self.seconds += seconds
        if !isComparing, let lastRate, abs(rate - lastRate) <= Self.steady * lastRate { isWarm = true }
        lastRate = rate
        if self.seconds >= most { isWarm = true }
    }
}
