import CHwloc
import Glibc
import NightjarCore

/// A thread that others can move to a processing unit for a while.
///
/// A failure is ignored: the system then chooses the unit, as always. The thread must not have ended.
package final class MovableThread: Sendable {
    private let topology: Topology
    private let thread: pthread_t
    /// Where it may run otherwise, by the system's index.
    private let home: [Int]

    /// The calling thread; `nil` where the system does not tell its units.
    package init?(onUnitsOf topology: Topology) {
        guard let home = try? topology.threadUnits(), !home.isEmpty else { return nil }
        self.topology = topology
        self.home = home
        thread = pthread_self()
    }

    /// Lets it run on this unit only, by the system's index.
    package func move(to unit: Int) { topology.bind(thread, to: [unit]) }

    /// Lets it run wherever it could at first.
    package func goHome() { topology.bind(thread, to: home) }
}
