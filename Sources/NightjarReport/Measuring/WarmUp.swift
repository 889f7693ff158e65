/// Decides when a device is warm: two windows in a row whose speeds hardly differ, or enough time.
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
    package mutating func note(rate: Double, seconds: Double) {
        self.seconds += seconds
        if let lastRate, abs(rate - lastRate) <= Self.steady * lastRate { isWarm = true }
        lastRate = rate
        if self.seconds >= most { isWarm = true }
    }
}
