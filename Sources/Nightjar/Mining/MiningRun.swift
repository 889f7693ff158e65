import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// What a mining run is made of; ``Mining`` and ``Engine/search(_:)`` are its faces.
package final class MiningRun: Sendable {
    /// How often a batch of each device is looked into beyond its candidates.
    package static let auditInterval = Duration.seconds(10)

    /// Events that may wait for their consumer before the lanes wait too.
    package static let eventCapacity = 1024

    let board: JobBoard
    let events: EventChannel<MiningEvent>
    private let devices: [MiningDevice]
    private let verifier: Verifier

    private let preparer: EpochPreparer

    /// - Parameters:
    ///   - settles: whether lanes settle on each new seed, being out for many hashes of it.
    ///   - niceness: how much priority its threads give up.
    ///   - resting: shared with the engine's other runs.
    ///   - seeds: how many seeds' caches to keep for the verifier, memory permitting.
    ///   - earlier: runs that are over, whose nonces are not tried again.
    /// - Throws: ``ThreadError`` when the system grants too few threads; then none is left running.
    init(
        devices: [(device: DeviceID, backend: any Backend)], threads: Int?, niceness: Int, settles: Bool,
        verifier backend: CPUBackend, resting: RestingLanes, seeds: Int, auditInterval: Duration, eventCapacity: Int,
        recovery: Recovery, after earlier: [MiningRun] = []
    ) throws(ThreadError) {
        let events = EventChannel<MiningEvent>(capacity: eventCapacity)
        let board = JobBoard(after: earlier.map(\.board))
        let preparer = try EpochPreparer(Self.distinct(devices.map(\.backend) + [backend]))
        let verifier: Verifier
        do {
            verifier = try Verifier(backend, events: events, niceness: niceness, resting: resting, seeds: seeds)
        } catch {
            preparer.stop()
            throw error
        }
        let context = MiningContext(
            board: board, verifier: verifier, preparer: preparer, events: events, threads: threads, settles: settles,
            auditInterval: auditInterval, recovery: recovery)
        var started: [MiningDevice] = []
        for (device, backend) in devices {
            do throws(ThreadError) {
                started.append(try MiningDevice(device, backend: backend, niceness: niceness, context: context))
            } catch {
                board.close()
                for device in started { device.join() }
                preparer.stop()
                verifier.stop()
                throw error
            }
        }
        self.preparer = preparer
        self.board = board
        self.events = events
        self.verifier = verifier
        self.devices = started
    }

    private static func distinct(_ backends: [any Backend]) -> [any Backend] {
        var seen: Set<ObjectIdentifier> = []
        return backends.filter { seen.insert(ObjectIdentifier($0 as AnyObject)).inserted }
    }

    func hashCounts() -> [(device: DeviceID, hashes: UInt64)] {
        devices.map { ($0.device, $0.hashes) }
    }

    /// See ``Mining/giveUp(_:)``.
    func giveUp(_ jobs: Set<JobID>) { verifier.giveUp(jobs) }

    func health() -> [DeviceHealth] { devices.map(\.health.health) }

    /// Ends the run and blocks the calling thread until all is over. May be called more than once, and at once; each
    /// call returns when all is over.
    func stop() {
        events.relax()
        board.close()
        for device in devices { device.join() }
        preparer.stop()
        verifier.stop()
        events.finish()
    }

    /// The same for a task.
    func stopped() async {
        events.relax()
        board.close()
        for device in devices { await device.joined() }
        await preparer.stopped()
        await verifier.stopped()
        events.finish()
    }
}
