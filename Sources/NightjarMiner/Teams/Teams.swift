import Nightjar
import NightjarCore
import NightjarWire

/// A whole run of the miner: one team or several, each a set of devices with pools of their own.
///
/// Each team is a ``Miner`` with its own lanes, its own list of pools, its own jobs and its own shares under way. So a
/// share cannot reach another team's pool, and trouble at one pool does not touch the others. The ledger, the statistics
/// and the reporter are shared; so are pauses and the limits of the run. The engine makes the lanes of all teams, which
/// lets them share the CPU with each other's verifiers.
package actor Teams: MinerControl {
    /// A team that is to mine.
    package struct Plan: Sendable {
        package let devices: [Device]
        /// At least one.
        package let pools: [TeamPools.Member]

        package init(devices: [Device], pools: [TeamPools.Member]) {
            self.devices = devices
            self.pools = pools
        }
    }

    /// Starts lanes on some devices.
    ///
    /// - Parameters:
    ///   - count: how many teams share the engine.
    ///   - earlier: lanes that are over, whose nonces are not tried again.
    package typealias Start =
        @Sendable (_ devices: [DeviceID], _ count: Int, _ earlier: [any Hashing]) throws -> any Hashing

    private struct Team {
        let number: Int
        var devices: [Device]
        let hashing: any Hashing
        let pools: TeamPools
        let miner: Miner
        var task: Task<Void, Never>?

        var ids: Set<DeviceID> { Set(devices.map(\.id)) }
    }

    private let ledger: ShareLedger
    private let statistics: Statistics
    private let roster: TeamRoster
    private let limits: Miner.Limits
    private let shareLimit: ShareLimit
    private let clock = ContinuousClock()
    private var slice: Double
    private var startLanes: Start

    /// Those that mine.
    private var teams: [Team] = []
    private var lastNumber = -1
    private var isRearranging = false
    private var pauses: Set<PauseReason> = []
    private var isCooling = false
    private var end: Miner.End?
    private var endWaiter: CheckedContinuation<Void, Never>?
    /// Of the teams that have ended.
    private var summary = MinerSummary()
    private var hadJob = false
    private var trouble: String?

    /// - Parameters:
    ///   - reporter: gets every event after the statistics.
    ///   - slice: the longest turn of a pool with a weight, in seconds.
    ///   - start: starts the lanes of each team.
    package init(
        ledger: ShareLedger, reporter: any Reporter, statistics: Statistics, limits: Miner.Limits = Miner.Limits(),
        slice: Double = 600, start: @escaping Start
    ) {
        self.ledger = ledger
        self.statistics = statistics
        // Statistics come first, so that the snapshot already holds what the reporter tells.
        roster = TeamRoster(Reporters([statistics, reporter]), shares: limits.shares)
        self.limits = limits
        shareLimit = ShareLimit(limits.shares)
        self.slice = slice
        startLanes = start
    }

    /// Starts the teams' lanes, which wait for ``run()``. Call it once.
    ///
    /// - Throws: the error of the first team whose lanes cannot be started.
    package func form(_ plans: [Plan]) throws {
        for plan in plans { try add(plan, of: plans.count, after: []) }
        roster.set(teams: teams.count)
    }

    /// Mines until a limit is reached, ``stop(_:)`` is called or no team is left, and ends in order: see ``Miner/run()``.
    /// Call it once.
    package func run() async -> Miner.Outcome {
        let start = clock.now
        for index in teams.indices { launch(index) }
        let deadline = limits.duration.map { duration in
            Task { [clock] in
                if (try? await clock.sleep(for: duration)) != nil { self.stop(.duration) }
            }
        }
        let tasks = [
            Task { [roster] in for await _ in roster.enough { self.stop(.shares) } },
            Task { [clock] in
                var last = clock.now
                while !Task.isCancelled {
                    self.pass((clock.now - last) / .seconds(1))
                    last = clock.now
                    try? await clock.sleep(for: .seconds(1))
                }
            },
        ]

        if teams.isEmpty { stop(.request) }
        if end == nil { await withCheckedContinuation { endWaiter = $0 } }
        for task in tasks { task.cancel() }
        deadline?.cancel()
        while let team = teams.first {
            for team in teams { await team.miner.stop(end ?? .duration) }
            await team.task?.value
        }
        summary.seconds = (clock.now - start) / .seconds(1)
        roster.report(.summary(summary))
        return Miner.Outcome(end: end ?? .duration, summary: summary, hadJob: hadJob, trouble: trouble)
    }

    /// Ends the run in order. The first call's reason stays.
    package func stop(_ reason: Miner.End) {
        guard end == nil else { return }
        end = reason
        if reason.isSaid, !teams.isEmpty {
            let devices = teams.reduce(0) { $0 + $1.devices.count }
            roster.report(.stopping(devices: devices, answers: max(0, statistics.snapshot().summary.unaccounted)))
        }
        endWaiter?.resume()
        endWaiter = nil
    }

    /// See ``Miner/hurry()``.
    package func hurry() async {
        for team in teams { await team.miner.hurry() }
    }

    // MARK: Control

    package func pause(_ reason: PauseReason) async {
        guard end == nil, pauses.insert(reason).inserted else { return }
        roster.report(.paused(PauseReason.allCases.filter(pauses.contains)))
        for team in teams { await team.miner.pause(reason) }
    }

    package func resume(_ reason: PauseReason) async {
        guard end == nil, pauses.remove(reason) != nil else { return }
        roster.report(pauses.isEmpty ? .resumed : .paused(PauseReason.allCases.filter(pauses.contains)))
        for team in teams { await team.miner.resume(reason) }
    }

    /// See ``Miner/cool(_:)``.
    package func cool(_ isCooling: Bool) async {
        self.isCooling = isCooling
        for team in teams { await team.miner.cool(isCooling) }
    }

    /// Reports an event to the user.
    package func tell(_ event: MinerEvent) { roster.report(event) }

    /// Replaces the teams. A team whose devices stay together goes on, and a pool that stays in it keeps its connection.
    /// The others end in order before new ones start, because these need their devices.
    ///
    /// - Parameter start: starts lanes from now on; `nil` keeps all lanes that can stay.
    package func rearrange(_ plans: [Plan], slice: Double, start: Start? = nil) async {
        guard end == nil, !isRearranging, !plans.isEmpty else { return }
        isRearranging = true
        defer { isRearranging = false }
        self.slice = slice
        if let start { startLanes = start }
        let ids = plans.map { Set($0.devices.map(\.id)) }
        var leaving: [Team] = []
        // One team before and after: its connection and its shares stay, whatever becomes of its devices.
        let isAlone = teams.count == 1 && plans.count == 1
        if !isAlone {
            leaving = teams.filter { !ids.contains($0.ids) }
            for team in leaving { await team.miner.stop(.request) }
            for team in leaving { await team.task?.value }
        }
        let startLanes = startLanes
        for plan in plans {
            guard end == nil else { return }
            let wanted = Set(plan.devices.map(\.id))
            guard let index = teams.firstIndex(where: { isAlone || $0.ids == wanted }) else {
                do { try add(plan, of: plans.count, after: leaving.map(\.hashing)) } catch {
                    roster.report(.error("\(Self.names(plan.devices)): \(error)"))
                    if teams.isEmpty { stop(.noDevice(reason: "\(error)")) }
                    continue
                }
                roster.set(teams: teams.count)
                launch(teams.count - 1)
                continue
            }
            let team = teams[index]
            team.pools.replace(plan.pools, slice: slice)
            guard start != nil || team.ids != wanted else { continue }
            teams[index].devices = plan.devices
            await team.miner.replace(devices: plan.devices) { earlier in
                try startLanes(plan.devices.map(\.id), plans.count, [earlier])
            }
        }
        roster.set(teams: teams.count)
    }

    /// Replaces the devices of a run that has one team. Its pools stay.
    package func replace(devices: [Device], start: @escaping Start) async {
        guard end == nil, !isRearranging, teams.count == 1, !devices.isEmpty else { return }
        startLanes = start
        teams[0].devices = devices
        await teams[0].miner.replace(devices: devices) { try start(devices.map(\.id), 1, [$0]) }
    }

    // MARK: Teams

    private func add(_ plan: Plan, of count: Int, after earlier: [any Hashing]) throws {
        let hashing = try startLanes(plan.devices.map(\.id), count, earlier)
        lastNumber += 1
        let pools = TeamPools(plan.pools, slice: slice)
        statistics.begin(team: lastNumber, devices: plan.devices, pool: pools.group.name)
        var limits = limits
        limits.duration = nil
        let miner = Miner(
            team: lastNumber, hashing: hashing, devices: plan.devices.map(\.id), upstream: pools.group, ledger: ledger,
            reporter: TeamReporter(team: lastNumber, roster: roster), statistics: statistics, limits: limits,
            shareLimit: shareLimit, pauses: pauses, isCooling: isCooling)
        teams.append(
            Team(number: lastNumber, devices: plan.devices, hashing: hashing, pools: pools, miner: miner))
    }

    private func launch(_ index: Int) {
        let (number, miner) = (teams[index].number, teams[index].miner)
        teams[index].task = Task { self.ended(number, await miner.run()) }
    }

    private func ended(_ number: Int, _ outcome: Miner.Outcome) {
        guard let index = teams.firstIndex(where: { $0.number == number }) else { return }
        let team = teams.remove(at: index)
        summary.add(outcome.summary)
        hadJob = hadJob || outcome.hadJob
        trouble = outcome.trouble ?? trouble
        guard end == nil else { return }
        if isRearranging, outcome.end == .request {
            statistics.end(team: number)
        } else if teams.isEmpty || outcome.end == .shares {
            stop(outcome.end)
        } else {
            roster.report(.error("\(Self.names(team.devices)): no longer at work; the others go on"))
        }
    }

    private static func names(_ devices: [Device]) -> String { devices.map(\.id.description).joined(separator: ", ") }

    /// Lets time pass for the pools that take turns. It stands still during a pause.
    private func pass(_ seconds: Double) {
        guard pauses.isEmpty, end == nil else { return }
        for team in teams {
            guard let turn = team.pools.pass(seconds) else { continue }
            roster.report(
                .slice(
                    pool: turn.pool, devices: team.devices.map(\.id.description), seconds: turn.seconds,
                    weight: turn.weight), from: EventSource(team: team.number, pool: turn.pool))
        }
    }
}
