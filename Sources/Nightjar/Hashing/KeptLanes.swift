import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// Lanes that stay alive between calls, so that a seed's cache or a program is made once: one for each place, for one
/// algorithm, because each may hold much memory. On devices other than the CPU they serve all that hashes inputs.
final class KeptLanes: Sendable {
    enum Place: Hashable {
        case device(DeviceID)
        /// The portable code on the CPU, for a second opinion.
        case portable
    }

    private struct Kept {
        let algorithm: Algorithm
        /// Which of all that were kept.
        let number: Int
        let host: LaneHost
    }

    private struct State {
        var places: [Place: Kept] = [:]
        var made = 0
    }

    private let state = Locked(State())
    private let niceness: Int

    init(niceness: Int) { self.niceness = niceness }

    deinit { closeInBackground() }

    /// Hashes a list on the lane that is kept in `place`, or a new one. Its owner waits for it. What nothing waits for any
    /// more is not begun.
    ///
    /// - Parameters:
    ///   - device: the one that the place is on.
    ///   - make: makes the lane, on its own thread.
    ///   - judge: is told on the lane's thread how a turn of it came out: `nil`, or the error. The owner decides what that
    ///     means for the device.
    func hash(
        _ list: InputList, in place: Place, device: DeviceID, make: @escaping @Sendable () throws -> any Lane,
        judge: @escaping @Sendable (NightjarError?) -> Void
    ) {
        let retired = state.withLock { state -> LaneHost? in
            var retired: LaneHost?
            if let kept = state.places[place], kept.algorithm != list.algorithm {
                kept.host.close()
                retired = kept.host
                state.places[place] = nil
            }
            if let kept = state.places[place] {
                kept.host.hash(list)
                return retired
            }
            state.made += 1
            let number = state.made
            do {
                let host = try LaneHost(device: device, algorithm: list.algorithm, niceness: niceness, make: make) {
                    [weak self] failure in
                    // A lane that failed may fail for ever: the next call gets a new one.
                    if failure != nil { self?.discard(number, in: place) }
                    judge(failure)
                }
                state.places[place] = Kept(algorithm: list.algorithm, number: number, host: host)
                host.hash(list)
            } catch {
                list.fail(NightjarError(error, on: device))
            }
            return retired
        }
        if let retired { Task { await retired.joined() } }
    }

    /// Ends all lanes and waits for their threads, blocking the calling one. They come back when needed.
    func close() {
        for host in takeAll() { host.join() }
    }

    /// The same for a task.
    func closed() async {
        for host in takeAll() { await host.joined() }
    }

    /// Ends all lanes, and lets a task wait for their threads.
    func closeInBackground() {
        let hosts = takeAll()
        if !hosts.isEmpty { Task { for host in hosts { await host.joined() } } }
    }

    private func takeAll() -> [LaneHost] {
        state.withLock { state in
            let hosts = state.places.values.map(\.host)
            state.places = [:]
            for host in hosts { host.close() }
            return hosts
        }
    }

    /// Lets go of the lane that is kept in `place`, if it still is that one.
    private func discard(_ number: Int, in place: Place) {
        let host = state.withLock { state -> LaneHost? in
            guard let kept = state.places[place], kept.number == number else { return nil }
            state.places[place] = nil
            kept.host.close()
            return kept.host
        }
        if let host { Task { await host.joined() } }
    }
}
