import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// One device in a mining run. Its thread plans the lanes for the job's algorithm and watches them. It plans again when
/// the algorithm changes, and makes everything anew when the device has failed.
///
/// After a failure there is a pause, longer each time, and then another attempt. A device that goes on failing is
/// quarantined for the rest of the run. The other devices have threads of their own and go on meanwhile.
final class MiningDevice: Sendable {
    let device: DeviceID
    let health: HealthRecord
    private let counter: Counter
    private let thread: PinnedThread

    /// Hashes since the start.
    var hashes: UInt64 { counter.value.load(ordering: .relaxed) }

    /// - Parameter niceness: of the device's thread. The threads that it starts inherit it.
    /// - Throws: ``ThreadError``.
    init(
        _ device: DeviceID, backend: any Backend, niceness: Int, context: MiningContext
    ) throws(ThreadError) {
        let counter = Counter()
        let health = HealthRecord(device, recovery: context.recovery) { [board = context.board] in board.wakeAll() }
        self.device = device
        self.health = health
        self.counter = counter
        let keeper = DeviceKeeper(
            device: device, backend: backend, context: context, health: health, counter: counter)
        thread = try PinnedThread(name: "\(device)", niceness: niceness) { keeper.run() }
    }

    func joined() async { await thread.joined() }

    /// Blocks the calling thread until the device's thread has ended. The board must be closed.
    func join() { thread.join() }

    final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }
}

/// The work of a device's thread.
private struct DeviceKeeper: Sendable {
    let device: DeviceID
    let backend: any Backend
    let context: MiningContext
    let health: HealthRecord
    let counter: MiningDevice.Counter

    private var board: JobBoard { context.board }
    private var events: EventChannel<MiningEvent> { context.events }

    func run() {
        // An algorithm that this device cannot run; it was said once.
        var refused: Algorithm?
        // Keeps what the last lanes leave behind, a dataset's memory for example, until the next lanes are planned.
        var lastPlan: LanePlan?
        while true {
            let posting = board.posting
            if posting.isClosed { return }
            guard let algorithm = posting.job?.algorithm, algorithm != refused else {
                health.noteResting()
                _ = board.wait(after: posting.generation)
                continue
            }
            refused = nil
            if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
                refused = algorithm
                let error = NightjarError.unsupported(algorithm: algorithm.name, device: device, reason: reason)
                events.send(.failed(device, reason: error.description))
                continue
            }
            health.notePreparing()
            events.send(.preparing(device, algorithm: algorithm))
            do {
                try mine(algorithm, &lastPlan)
            } catch let failure {
                let error = NightjarError(failure, on: device)
                lastPlan = nil
                backend.letGo(of: device, after: error)
                switch health.failed(error.reason) {
                case .tryAgain(let pause, let attempt):
                    events.send(.recovering(device, reason: error.reason, after: pause, attempt: attempt))
                    if board.closes(within: pause) { return }
                case .quarantine(let reason):
                    events.send(.failed(device, reason: reason))
                    return
                }
            }
        }
    }

    /// Mines the algorithm until the board wants another.
    private func mine(_ algorithm: Algorithm, _ lastPlan: inout LanePlan?) throws {
        let group = try LaneGroup(
            backend, device: device, algorithm: algorithm, threads: context.threads, settles: context.settles,
            isCancelled: { [board] in board.posting.isClosed }
        ) { [self] seat, lane in
            let miner = LaneMiner(
                device: device, algorithm: algorithm, context: context, health: health, counter: counter)
            try miner.run(lane, seat)
        }
        withExtendedLifetime(lastPlan) {}
        lastPlan = group.plan
        defer { group.join() }
        if case .ready(let remarks) = group.waitUntilPrepared() {
            backend.acquit(device)
            health.noteWorking()
            events.send(
                .ready(
                    device, group.facts,
                    explanation: group.plan.explanation + remarks + group.plan.hints))
            group.release()
            group.waitUntilOver()
        }
        if let failure = group.failure {
            // Lanes that wait at the board for a job must end too.
            board.wakeAll()
            throw failure
        }
    }
}
