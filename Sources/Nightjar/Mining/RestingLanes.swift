import NightjarCPU
import NightjarPlatform
import Synchronization

/// The CPU's lanes that rest while candidates are hashed, in all runs on an engine.
///
/// While more candidates are hashed than units are free, as many lanes rest between their batches. It makes no
/// difference which run a candidate or a lane belongs to: the candidate may come from a GPU that works for another pool.
///
/// A thread that hashes a candidate is moved to the unit of a lane that rests. The system would often leave it beside
/// another lane, with half of that unit's time.
package final class RestingLanes: Sendable {
    private struct State {
        /// The claims that are hashed or wait, as far as there are threads for them.
        var busy = 0
        /// Lanes that hash on the CPU.
        var lanes = 0
        /// How many of them rest.
        var resting = 0
        /// The units of lanes that rest, on which no candidate is hashed.
        var idleUnits: [Int] = []
        /// Threads that wait for candidates. They do so on the last idle unit: which of them takes the next candidate is not
        /// known, and one that woke beside a lane would first have to get its turn there.
        var idle: [MovableThread] = []
        /// Threads that hash a candidate, and have no lane's unit.
        var placeless: [MovableThread] = []
        /// Those that have one.
        var placed: [ObjectIdentifier: Int] = [:]

        /// Has the idle threads where they belong.
        func placeIdle() {
            for thread in idle {
                if let unit = idleUnits.last { thread.move(to: unit) } else { thread.goHome() }
            }
        }
    }

    private let state = Monitor(State())
    /// The processing units of the CPU.
    private let units: Int
    /// Whether a lane has a reason to look at the state, which takes the lock.
    private let wantsRoom = Atomic(false)

    package init(units: Int) { self.units = max(1, units) }

    /// A lane begins to hash on the CPU.
    func enter() {
        state.change { state in
            state.lanes += 1
            note(state)
        }
    }

    /// The lane has ended.
    func leave() {
        state.change { state in
            state.lanes -= 1
            note(state)
        }
    }

    /// For a lane on the CPU, between two batches: blocks while candidates are hashed for which no other lane rests.
    ///
    /// - Parameter unit: the unit to which the lane is bound, if to one.
    package func makeRoom(on unit: Int? = nil) {
        guard wantsRoom.load(ordering: .relaxed) else { return }
        let rests = state.withLock { state in
            guard state.resting < demand(state) else { return false }
            state.resting += 1
            if let unit { Self.offer(unit, &state) }
            return true
        }
        guard rests else { return }
        state.wait { state -> Void? in
            // While a candidate is hashed on its unit, that is the candidate's.
            let isLent = state.placed.values.contains { $0 == unit }
            guard !isLent, state.resting > demand(state) else { return nil }
            state.resting -= 1
            if let unit, let index = state.idleUnits.firstIndex(of: unit) {
                state.idleUnits.remove(at: index)
                state.placeIdle()
            }
            return ()
        }
    }

    private static func offer(_ unit: Int, _ state: inout State) {
        guard let thread = state.placeless.popLast() else {
            state.idleUnits.append(unit)
            return state.placeIdle()
        }
        state.placed[ObjectIdentifier(thread)] = unit
        thread.move(to: unit)
    }

    /// A thread will hash candidates.
    package func add(_ thread: MovableThread) { state.withLock { $0.idle.append(thread) } }

    /// It will no more.
    package func remove(_ thread: MovableThread) { state.withLock { $0.idle.removeAll { $0 === thread } } }

    /// The thread begins to hash a candidate.
    package func begin(_ thread: MovableThread) {
        state.withLock { state in
            state.idle.removeAll { $0 === thread }
            guard let unit = state.idleUnits.popLast() else {
                thread.goHome()
                return state.placeless.append(thread)
            }
            state.placed[ObjectIdentifier(thread)] = unit
            thread.move(to: unit)
            state.placeIdle()
        }
    }

    /// It has hashed it.
    package func end(_ thread: MovableThread) {
        state.change { state in
            state.placeless.removeAll { $0 === thread }
            state.idle.append(thread)
            // The unit's lane still rests, and may do so for the next candidate.
            if let unit = state.placed.removeValue(forKey: ObjectIdentifier(thread)) {
                Self.offer(unit, &state)
            } else {
                state.placeIdle()
            }
        }
    }

    /// A queue of claims keeps so many more threads busy than before.
    func change(busy difference: Int) {
        state.change { state in
            state.busy += difference
            note(state)
        }
    }

    /// How many lanes should rest.
    private func demand(_ state: State) -> Int { max(0, state.busy - max(0, units - state.lanes)) }

    private func note(_ state: State) { wantsRoom.store(demand(state) > 0, ordering: .relaxed) }
}
