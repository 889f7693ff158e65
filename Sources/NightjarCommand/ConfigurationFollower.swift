import Glibc
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization

/// Follows the configuration file during a run: pools, devices and the care settings change without a restart. A file
/// with a fault changes nothing, and the fault is reported.
final class ConfigurationFollower: Sendable {
    private struct State {
        var settings: RunSettings
        var engine: Engine
        var seen: Stamp?
    }

    /// Tells one version of a file from another.
    private struct Stamp: Hashable {
        let seconds: Int
        let nanoseconds: Int
        let size: Int
        let node: UInt

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
            size = Int(status.st_size)
            node = UInt(status.st_ino)
        }
    }

    private let state: Locked<State>
    private let sources: SettingSources
    private let miner: Teams
    private let caretaker: Caretaker
    /// A run in the sandbox stays there until the next start, and a run at pools stays at pools.
    private let isInSandbox: Bool
    /// Requests to look at the file, handled one after the other.
    private let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    init(
        settings: RunSettings, sources: SettingSources, engine: Engine, miner: Teams, caretaker: Caretaker
    ) {
        state = Locked(State(settings: settings, engine: engine, seen: sources.path.flatMap(Stamp.init)))
        self.sources = sources
        self.miner = miner
        self.caretaker = caretaker
        isInSandbox = settings.sandbox
        (looks, look) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether the run has a configuration file.
    var hasFile: Bool { sources.path != nil }

    /// The devices that mine now.
    var devices: [Device] { state.withLock { $0.engine.devices } }

    /// The settings in effect as a configuration, without secrets.
    var configuration: String {
        state.withLock { $0.settings }.printed.lines.joined(separator: "\n") + "\n"
    }

    /// Reads the file even when it looks unchanged.
    func lookAgain() { if hasFile { look.yield() } }

    /// Checks once a second whether the file has changed, until its task is cancelled.
    func run() async {
        guard let path = sources.path else { return }
        let clock = Task { [self] in
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                let stamp = Stamp(path)
                let isNews = state.withLock { state in
                    // A missing file is probably being replaced right now.
                    guard let stamp, stamp != state.seen else { return false }
                    state.seen = stamp
                    return true
                }
                if isNews { look.yield() }
            }
        }
        for await _ in looks { await take() }
        clock.cancel()
    }

    private func take() async {
        let (old, engine) = state.withLock { ($0.settings, $0.engine) }
        let new: RunSettings
        do {
            let (settings, warnings) = try sources.read()
            new = try RunSettings(settings)
            for warning in warnings + new.warnings { await miner.tell(.notice("warning: \(warning)")) }
        } catch { return await keepOld(error.description) }

        // All steps that can fail come before the first step that changes anything.
        var nextEngine: Engine?
        var plans: [Teams.Plan]?
        do {
            if (new.devices, new.threads, new.randomX, new.algorithm) != (
                old.devices, old.threads, old.randomX, old.algorithm
            ) || (new.cpuCores, new.cpuShare) != (old.cpuCores, old.cpuShare) {
                nextEngine = try MineDevices(new).engine
            } else if new.pools != old.pools {
                // Pools name devices, too.
                let wanted = try MineDevices(new).engine
                if wanted.devices.map(\.id) != engine.devices.map(\.id) { nextEngine = wanted }
            }
            if !isInSandbox, !new.sandbox, new.pools != old.pools || new.slice != old.slice || nextEngine != nil {
                plans = try MineRun.plans(new, nextEngine ?? engine)
            }
        } catch { return await keepOld((error as? CommandError)?.message ?? "\(error)") }

        state.withLock { state in
            state.settings = new
            if let nextEngine { state.engine = nextEngine }
        }
        if new.care != old.care {
            caretaker.follow(new.care)
            await miner.tell(.notice("configuration: new settings for pauses and temperature are in effect"))
        }
        if plans != nil { await miner.tell(.notice("configuration: using the pools that it now lists")) }
        if let nextEngine {
            let names = nextEngine.devices.map(\.id.description).joined(separator: ", ")
            await miner.tell(.notice("configuration: mining on \(names)"))
        }
        if let plans {
            await miner.rearrange(plans, slice: new.slice, start: nextEngine.map(MineRun.start))
        } else if let nextEngine {
            await miner.replace(devices: nextEngine.devices, start: MineRun.start(nextEngine))
        }
        let later = new.keysForNextStart(since: old)
        if !later.isEmpty {
            await miner.tell(.notice("configuration: changes at the next start: \(later.joined(separator: ", "))"))
        }
    }

    /// Tells why the file is not used. A password of this run that stands at the wrong place of the file is covered.
    private func keepOld(_ reason: String) async {
        await miner.tell(.error(MineRun.secrets("\(theirs: reason); the old configuration stays in use")))
    }
}
