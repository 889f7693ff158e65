import NightjarPlatform

/// Lets a few lanes be made at once, in the order of their places; the others wait.
///
/// More lanes than processing units are not ready sooner when all are made at once. But each would have to end its hash in
/// hand before it could see that the run is over, and meanwhile the threads that end the run would wait for a processing
/// unit.
struct LaneQueue: Sendable {
    /// Of each place: whether its lane has been made, or is not wanted any more. Each has one waiter at most, so that a
    /// change wakes one thread.
    private let passed: [Monitor<Bool>]
    private let atOnce: Int

    /// - Parameters:
    ///   - lanes: how many places there are.
    ///   - atOnce: how many lanes are made at once.
    init(lanes: Int, atOnce: Int) {
        passed = (0..<lanes).map { _ in Monitor(false) }
        self.atOnce = max(1, atOnce)
    }

    /// Blocks the thread until it is the turn of `place`, and calls `make`. Each place has one turn.
    func turn<Made>(of place: Int, _ make: () throws -> Made) rethrows -> Made {
        if place >= atOnce { passed[place - atOnce].wait { $0 ? () : nil } }
        defer { passed[place].change { $0 = true } }
        return try make()
    }
}
