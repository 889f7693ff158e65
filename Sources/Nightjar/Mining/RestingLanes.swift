import NightjarPlatform
import Synchronization

/// The CPU's lanes that rest while candidates are hashed, in all runs on an engine.
///
/// While more candidates are hashed than units are free, as many lanes rest between their batches. It makes no
/// difference which run a candidate or a lane belongs to: the candidate may come from a GPU that works for another pool.
package final class RestingLanes: Sendable {
    private struct State {
        /// The claims that are hashed or wait, as far as there are threads for them.
        var busy = 0
        /// Lanes that hash on the CPU.
        var lanes = 0
        /// How many of them rest.
        var resting = 0
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
    func makeRoom() {
        guard wantsRoom.load(ordering: .relaxed) else { return }
        let rests = state.withLock { state in
            guard state.resting < demand(state) else { return false }
            state.resting += 1
            return true
        }
        guard rests else { return }
        state.wait { state -> Void? in
            guard state.resting > demand(state) else { return nil }
            state.resting -= 1
            return ()
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
