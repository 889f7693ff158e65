import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// A long-lived mining run on an engine's devices. Lanes stay alive from job to job; each device first passes its known
/// answers for the job's algorithm.
///
/// Read ``events`` all the time: when too many wait, the lanes do too. End a run with ``stop()``.
public final class Mining: Sendable {
    let run: MiningRun

    init(_ run: MiningRun) { self.run = run }

    deinit {
        // Let go of without being stopped: the threads still end, and are joined, by somebody who may wait.
        let run = run
        Task { await run.stop() }
    }

    /// Puts a job up for all lanes, in place of the last one; each takes it up after its batch in hand.
    ///
    /// A job whose seed is another than the last one's costs each lane what ``RandomXMode`` says of datasets; its
    /// ``Job/nextEpoch`` is made ready for in the background.
    ///
    /// - Parameter job: `nil` lets the lanes rest until the next one.
    public func setJob(_ job: Job?) { run.board.post(job) }

    /// What happens, in order, until ``stop()`` is through. For one consumer.
    public var events: AsyncStream<MiningEvent> {
        let channel = run.events
        return AsyncStream { await channel.next() }
    }

    /// Hashes done by each device since the start, the known answers' aside.
    public func hashCounts() -> [(device: DeviceID, hashes: UInt64)] { run.hashCounts() }

    /// How far each device can be trusted, by what the CPU has checked since the start.
    public func health() -> [DeviceHealth] { run.health() }

    /// Ends the run: lanes finish their batches, every candidate is verified, all threads are joined, ``events`` ends.
    /// When this returns, what ``events`` has not delivered yet still waits there.
    public func stop() async { await run.stop() }
}

/// What a mining run is made of; ``Mining`` and ``Engine/search(_:)`` are its faces.
final class MiningRun: Sendable {
    /// How often a batch of each device is looked into beyond its candidates.
    static let auditInterval = Duration.seconds(10)

    /// Events that may wait for their consumer before the lanes wait too.
    static let eventCapacity = 1024

    let board: JobBoard
    let events: EventChannel<MiningEvent>
    private let devices: [MiningDevice]
    private let verifier: Verifier

    private let foresight: Foresight

    /// - Parameters:
    ///   - settles: whether lanes settle on each new seed, being out for many hashes of it.
    ///   - niceness: how much priority its threads give up.
    ///   - earlier: a run that is over, whose nonces are not tried again.
    /// - Throws: ``ThreadError`` when the system grants too few threads; then none is left running.
    init(
        devices: [(device: DeviceID, backend: any Backend)], threads: Int?, niceness: Int, settles: Bool,
        verifier backend: CPUBackend, auditInterval: Duration, eventCapacity: Int, recovery: Recovery,
        after earlier: MiningRun? = nil
    ) throws(ThreadError) {
        let events = EventChannel<MiningEvent>(capacity: eventCapacity)
        let board = JobBoard(after: earlier?.board)
        let foresight = try Foresight(Self.distinct(devices.map(\.backend) + [backend]))
        let verifier: Verifier
        do { verifier = try Verifier(backend, events: events, niceness: niceness) } catch {
            foresight.abandon()
            throw error
        }
        let context = MiningContext(
            board: board, verifier: verifier, foresight: foresight, events: events, threads: threads, settles: settles,
            auditInterval: auditInterval, recovery: recovery)
        var started: [MiningDevice] = []
        for (device, backend) in devices {
            do throws(ThreadError) {
                started.append(try MiningDevice(device, backend: backend, niceness: niceness, context: context))
            } catch {
                board.close()
                for device in started { device.join() }
                foresight.abandon()
                verifier.abandon()
                throw error
            }
        }
        self.foresight = foresight
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

    func health() -> [DeviceHealth] { devices.map(\.health.health) }

    /// May be called more than once, and at once; each call returns when all is over.
    func stop() async {
        events.relax()
        board.close()
        for device in devices { await device.joined() }
        await foresight.finish()
        await verifier.finish()
        events.finish()
    }
}
