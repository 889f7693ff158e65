import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// Lanes that stay alive between single hashes, so that a seed's cache or a program is made once: one for each place,
/// for one algorithm, because each may hold much memory.
final class KeptLanes: Sendable {
    enum Place: Hashable {
        case device(DeviceID)
        /// The portable code on the CPU, for a second opinion.
        case portable
    }

    /// How a call ended. The owner decides what it means for the device.
    enum Verdict {
        case right
        case failed(NightjarError)
    }

    private let hosts = Locked<[Place: (algorithm: Algorithm, host: LaneHost)]>([:])
    private let niceness: Int

    init(niceness: Int) { self.niceness = niceness }

    deinit { closeInBackground() }

    /// Hashes the whole input of `work` as it stands, on the lane that is kept in `place`, or a new one.
    ///
    /// - Parameters:
    ///   - device: the one that the place is on.
    ///   - make: makes the lane, on its own thread.
    ///   - judge: is told on the lane's thread how it came out.
    /// - Returns: the digest to come. A call is not begun when its caller has stopped waiting.
    func digest(
        of work: Work, in place: Place, device: DeviceID, make: @escaping @Sendable () throws -> any Lane,
        judge: @escaping @Sendable (Verdict) -> Void
    ) -> Promised<Digest> {
        let work = work.withoutNonce
        let promised = Promised<Digest>()
        let retired = hosts.withLock { hosts -> LaneHost? in
            var retired: LaneHost?
            if let entry = hosts[place], entry.algorithm != work.algorithm {
                entry.host.close()
                retired = entry.host
                hosts[place] = nil
            }
            let host: LaneHost
            do {
                host =
                    try hosts[place]?.host
                    ?? LaneHost(device: device, algorithm: work.algorithm, niceness: niceness, make: make)
            } catch {
                promised.fulfil(.failure(NightjarError(error, on: device)))
                return retired
            }
            hosts[place] = (work.algorithm, host)
            let name = ObjectIdentifier(host)
            host.enqueue { [weak self] lane in
                guard !promised.isOver else { return }
                do {
                    let digest = try lane.get().digest(of: work)
                    judge(.right)
                    promised.fulfil(.success(digest))
                } catch {
                    // A lane that failed may fail for ever: the next call gets a new one.
                    self?.discard(name, in: place)
                    let error = NightjarError(error, on: device)
                    judge(.failed(error))
                    promised.fulfil(.failure(error))
                }
            }
            return retired
        }
        if let retired { Task { await retired.joined() } }
        return promised
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
        hosts.withLock { hosts in
            defer { hosts = [:] }
            for entry in hosts.values { entry.host.close() }
            return hosts.values.map(\.host)
        }
    }

    /// Lets go of the lane that is kept in `place`, if it still is that one.
    private func discard(_ name: ObjectIdentifier, in place: Place) {
        let host = hosts.withLock { hosts -> LaneHost? in
            guard let entry = hosts[place], ObjectIdentifier(entry.host) == name else { return nil }
            hosts[place] = nil
            entry.host.close()
            return entry.host
        }
        if let host { Task { await host.joined() } }
    }
}
