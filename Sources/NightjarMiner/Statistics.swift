import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// Builds a ``MinerSnapshot`` from the miner's events and from counts that are taken once a second.
///
/// It is one of the reporters. A mutex protects it, because the miner writes while the terminal, the API and the
/// dashboard read.
package final class Statistics: Reporter {
    private struct State {
        var snapshot: MinerSnapshot
        var windows: [String: RateWindow] = [:]
        var total = RateWindow()
        /// Hashes of all devices, including devices that were removed.
        var hashes: UInt64 = 0
        var hashesOfThoseThatLeft: UInt64 = 0
        /// The hashes of each device that mines.
        var counts: [String: UInt64] = [:]
        /// What is known of each team, by its number.
        var teams: [Int: TeamState] = [:]
        /// The number of a team that has left and is still shown.
        var gone: Set<Int> = []
        var lastHistory: ContinuousClock.Instant
        var pauses: Set<PauseReason> = []
        /// Of each device that mines.
        var times: [String: WorkTime] = [:]
        /// Until when they have been counted.
        var timed: ContinuousClock.Instant
    }

    private struct TeamState {
        var connectedAt: ContinuousClock.Instant?
        var awaySince: ContinuousClock.Instant?
        var nextTry: ContinuousClock.Instant?
        var latencies: [Int64] = []
    }

    private static let mostProblems = 32
    private static let mostLatencies = 31
    /// A day of samples, one every ten seconds.
    private static let mostHistory = 8640

    private let start: ContinuousClock.Instant
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Locked<State>

    /// - Parameters:
    ///   - devices: the devices that mine, in the order in which they are shown.
    ///   - pool: the name of the upstream that is tried first.
    ///   - historyFault: why no file has the run's shares.
    ///   - now: the time of an event, for tests.
    package init(
        devices: [Device], pool: String, historyFault: String? = nil, startedAt: Timestamp = .now,
        start: ContinuousClock.Instant = .now, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.start = start
        self.now = now
        var snapshot = MinerSnapshot(startedAt: startedAt, connection: MinerSnapshot.Connection(pool: pool))
        snapshot.devices = devices.map { Self.fresh($0) }
        snapshot.teams[0].devices = devices.map(\.id.description)
        snapshot.historyFault = historyFault
        state = Locked(State(snapshot: snapshot, lastHistory: start, timed: start))
    }

    /// The state at `now`; `nil` means the present.
    package func snapshot(at time: ContinuousClock.Instant? = nil) -> MinerSnapshot {
        let now = time ?? now()
        return state.withLock { state in
            // In a copy: a test may ask for a time to come.
            var state = state
            Self.pass(&state, until: now)
            var snapshot = state.snapshot
            snapshot.uptime = (now - start) / .seconds(1)
            for index in snapshot.teams.indices {
                let team = state.teams[snapshot.teams[index].number]
                func seconds(_ span: Duration) -> Double { max(0, span / .seconds(1)) }
                snapshot.teams[index].connection.connectedFor = team?.connectedAt.map { seconds(now - $0) } ?? 0
                snapshot.teams[index].connection.awayFor = team?.awaySince.map { seconds(now - $0) }
                snapshot.teams[index].connection.nextTry = team?.nextTry.flatMap { $0 > now ? seconds($0 - now) : nil }
            }
            snapshot.pausedBecause = PauseReason.allCases.filter(state.pauses.contains).map(\.rawValue)
            snapshot.summary.hashes = state.hashes
            snapshot.summary.seconds = snapshot.uptime
            return snapshot
        }
    }

    /// Takes each device's count of hashes at `now`, and its health. The devices of other teams are not named.
    package func sample(
        _ counts: [(device: DeviceID, hashes: UInt64)], health: [DeviceHealth] = [],
        at now: ContinuousClock.Instant = .now
    ) {
        state.withLock { state in
            Self.pass(&state, until: now)
            for (device, hashes) in counts {
                let id = device.description
                state.counts[id] = hashes
                state.windows[id, default: RateWindow()].add(hashes, at: now)
                Self.change(&state, id) { shown in
                    shown.hashes = hashes
                    shown.health = health.first { $0.device == device } ?? shown.health
                }
                if let rates = state.windows[id]?.rates { Self.change(&state, id) { $0.rates = rates } }
            }
            state.hashes = state.hashesOfThoseThatLeft + state.counts.values.reduce(0, +)
            state.total.add(state.hashes, at: now)
            state.snapshot.rates = state.total.rates
            if let rate = state.snapshot.rates.tenSeconds, now - state.lastHistory >= .milliseconds(9500) {
                state.lastHistory = now
                if state.snapshot.history.count == Self.mostHistory { state.snapshot.history.removeFirst() }
                state.snapshot.history.append(MinerSnapshot.RateSample(time: .now, total: rate))
            }
        }
    }

    /// Takes a device's readings, and its power.
    package func sensors(_ readings: CardReadings, _ power: PowerWatch.Finding?, of device: DeviceID) {
        state.withLock { state in
            Self.change(&state, device.description) { shown in
                (shown.temperature, shown.sensors) = (readings.temperature, readings)
                shown.power = power ?? PowerWatch.Finding()
            }
        }
    }

    /// Takes the power of all devices together.
    package func power(_ watts: Double?) { state.withLock { $0.snapshot.watts = watts } }

    /// Takes the connection's TLS version and its certificate's SHA-256; `nil` without TLS.
    package func security(version: String?, fingerprint: String?, of team: Int = 0) {
        state.withLock {
            Self.connection(&$0, team) { connection in
                connection.tls = version
                connection.tlsFingerprint = fingerprint
            }
        }
    }

    /// Replaces a team's devices. A device that stays starts again, as its lanes do; the total of hashes stays.
    package func replace(devices: [Device], of team: Int = 0) {
        state.withLock { state in
            guard let index = state.snapshot.teams.firstIndex(where: { $0.number == team }) else { return }
            let others = state.snapshot.teams.enumerated().filter { $0.offset != index }.flatMap(\.element.devices)
            let old = state.snapshot.devices.filter { !others.contains($0.id) }
            for device in old {
                state.hashesOfThoseThatLeft += state.counts.removeValue(forKey: device.id) ?? 0
                state.windows[device.id] = nil
                state.times[device.id] = nil
            }
            state.snapshot.devices.removeAll { !others.contains($0.id) }
            state.snapshot.devices += devices.map { device in
                var shown = Self.fresh(device)
                if let before = old.first(where: { $0.id == shown.id }) {
                    (shown.found, shown.accepted, shown.rejected) = (before.found, before.accepted, before.rejected)
                    shown.temperature = before.temperature
                }
                return shown
            }
            state.snapshot.teams[index].devices = devices.map(\.id.description)
        }
    }

    /// A team begins. The first takes the place of the one that the statistics begin with.
    package func begin(team: Int, devices: [Device], pool: String) {
        state.withLock { state in
            let connection = MinerSnapshot.Connection(pool: pool)
            if let index = state.snapshot.teams.firstIndex(where: { $0.number == team }) {
                state.snapshot.teams[index].connection = connection
            } else {
                state.snapshot.teams.append(MinerSnapshot.Team(number: team, devices: [], connection: connection))
            }
            state.snapshot.teams.removeAll { state.gone.contains($0.number) }
            state.gone = []
        }
        replace(devices: devices, of: team)
    }

    /// A team and its devices have left the run. The last one is shown until another begins.
    package func end(team: Int) {
        replace(devices: [], of: team)
        state.withLock { state in
            state.teams[team] = nil
            if state.snapshot.teams.count > 1 {
                state.snapshot.teams.removeAll { $0.number == team }
            } else {
                state.gone.insert(team)
            }
        }
    }

    package func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    package func report(_ event: MinerEvent, from source: EventSource) {
        let (now, team) = (now(), source.team)
        state.withLock { state in
            Self.pass(&state, until: now)
            switch event {
            case .connected(let pool):
                Self.connection(&state, team) { ($0.pool, $0.isConnected) = (pool, true) }
                let latencies = state.teams[team]?.latencies ?? []
                state.teams[team] = TeamState(connectedAt: now, latencies: latencies)
            case .disconnected(let pool, let reason, let outage):
                Self.connection(&state, team) {
                    $0 = MinerSnapshot.Connection(pool: pool).keeping($0)
                    $0.failures += 1
                }
                state.teams[team] = TeamState(awaySince: now, nextTry: outage.nextTry.map { now + .seconds($0) })
                Self.note(&state, "\(outage.wasConnected ? "disconnected" : "not connected"): \(reason)")
            case .waiting(let outage):
                state.teams[team, default: TeamState()].nextTry = outage.nextTry.map { now + .seconds($0) }
            case .job(let id, let height, let algorithm, let difficulty):
                Self.connection(&state, team) {
                    ($0.job, $0.height, $0.algorithm, $0.difficulty) = (id, height, algorithm, difficulty)
                }
            case .slice(let pool, _, let seconds, let weight):
                if let index = state.snapshot.teams.firstIndex(where: { $0.number == team }) {
                    state.snapshot.teams[index].turn = MinerSnapshot.Turn(pool: pool, seconds: seconds, weight: weight)
                }
            case .preparing(let device, let algorithm):
                state.times[device, default: WorkTime()].isPreparing = true
                Self.change(&state, device) {
                    $0.algorithm = algorithm
                    ($0.lanes, $0.units, $0.explanation) = (0, [], [])
                }
            case .ready(let device, let lanes, let explanation, let start):
                state.times[device, default: WorkTime()].prepared(isReady: true)
                Self.change(&state, device) {
                    ($0.lanes, $0.units, $0.explanation, $0.progress) = (lanes, start.units, explanation, nil)
                }
            case .progress(let device, let percent):
                Self.change(&state, device) { $0.progress = percent < 100 ? percent : nil }
            case .settling(let device, let percent):
                if percent >= 100 { Self.change(&state, device) { $0.progress = nil } }
            case .remark(let device, let text):
                Self.change(&state, device) { if !$0.explanation.contains(text) { $0.explanation.append(text) } }
            case .recovering(let device, let reason, _, _):
                state.times[device, default: WorkTime()].prepared(isReady: false)
                Self.change(&state, device) { $0.progress = nil }
                Self.note(&state, "\(device): \(reason)")
            case .share(let share): Self.count(&state, share, team)
            case .error(let text): Self.note(&state, text)
            case .paused(let reasons): state.pauses = Set(reasons)
            case .resumed: state.pauses = []
            case .stopping: state.snapshot.isStopping = true
            case .started, .hashrate, .notice: break
            case .summary(let summary): state.snapshot.summary = summary
            }
        }
    }

    private static func fresh(_ device: Device) -> MinerSnapshot.Device {
        var shown = MinerSnapshot.Device(id: device.id.description, name: device.name, kind: device.kind.rawValue)
        (shown.computeUnits, shown.memory) = (device.computeUnits, device.memory)
        shown.pciAddress = device.pciAddress
        return shown
    }

    /// Changes a device's entry; does nothing for a device that is not shown.
    private static func change(_ state: inout State, _ id: String, _ body: (inout MinerSnapshot.Device) -> Void) {
        guard let index = state.snapshot.devices.firstIndex(where: { $0.id == id }) else { return }
        body(&state.snapshot.devices[index])
    }

    /// Counts the time of each device until `now`. What the end waits for is no work.
    private static func pass(_ state: inout State, until now: ContinuousClock.Instant) {
        let time = now - state.timed
        guard time > .zero else { return }
        state.timed = now
        guard !state.snapshot.isStopping else { return }
        let idle = Set(
            state.snapshot.teams.filter { !$0.connection.isConnected || $0.connection.job == nil }.flatMap(\.devices))
        for index in state.snapshot.devices.indices {
            let device = state.snapshot.devices[index]
            guard var times = state.times[device.id] else { continue }
            times.pass(
                time, isFilling: device.progress != nil, mayWork: state.pauses.isEmpty && !idle.contains(device.id))
            state.times[device.id] = times
            state.snapshot.devices[index].setUpSeconds = times.setUp / .seconds(1)
            state.snapshot.devices[index].workSeconds = times.work / .seconds(1)
        }
    }

    private static func connection(
        _ state: inout State, _ team: Int, _ body: (inout MinerSnapshot.Connection) -> Void
    ) {
        guard let index = state.snapshot.teams.firstIndex(where: { $0.number == team }) else { return }
        body(&state.snapshot.teams[index].connection)
    }

    private static func count(_ state: inout State, _ share: ShareReport, _ team: Int) {
        if let index = state.snapshot.teams.firstIndex(where: { $0.number == team }) {
            if share.state == .found { state.snapshot.teams[index].summary.found += 1 }
            state.snapshot.teams[index].summary.count(share.state)
        }
        switch share.state {
        case .found:
            state.snapshot.summary.found += 1
            change(&state, share.device) { $0.found += 1 }
            if let met = share.met {
                let place = state.snapshot.best.firstIndex { $0 < met } ?? state.snapshot.best.count
                state.snapshot.best.insert(met, at: place)
                if state.snapshot.best.count > 10 { state.snapshot.best.removeLast() }
            }
        case .submitted: return
        case .accepted: change(&state, share.device) { $0.accepted += 1 }
        case .rejected: change(&state, share.device) { $0.rejected += 1 }
        case .stale, .expired: break
        }
        state.snapshot.summary.count(share.state)
        if let latency = share.latency {
            var latencies = state.teams[team]?.latencies ?? []
            if latencies.count == mostLatencies { latencies.removeFirst() }
            latencies.append(latency)
            state.teams[team, default: TeamState()].latencies = latencies
            connection(&state, team) { $0.latency = latencies.sorted()[latencies.count / 2] }
        }
        if share.state == .rejected { note(&state, "a share was rejected: \(share.reason ?? "without a reason")") }
    }

    private static func note(_ state: inout State, _ text: String) {
        if let last = state.snapshot.problems.indices.last, state.snapshot.problems[last].text == text {
            state.snapshot.problems[last].count += 1
            state.snapshot.problems[last].time = .now
            return
        }
        if state.snapshot.problems.count == mostProblems { state.snapshot.problems.removeFirst() }
        state.snapshot.problems.append(MinerSnapshot.Problem(time: .now, text: text))
    }
}

extension MinerSnapshot.Connection {
    /// This connection with the counts that outlive a connection.
    fileprivate func keeping(_ old: Self) -> Self {
        var new = self
        new.failures = old.failures
        new.algorithm = old.algorithm
        return new
    }
}
