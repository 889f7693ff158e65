import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The native CPU: one device, `cpu`, with one lane on each core whose cache can feed it.
///
/// RandomX's lanes hash in light mode until they settle. They then have a dataset, if their programs are compiled and
/// there is enough memory.
package final class CPUBackend: Backend {
    package let devices: [Device]
    /// The families that it runs. Each value holds what the family's lanes share.
    let families: [any CPUFamily]
    private let machine: CPUMachine
    /// The error when there is no topology.
    private let trouble: NightjarError?

    /// - Parameters:
    ///   - implementation: the code that hashes.
    ///   - pages: the best kind of pages to try; tests force the smaller ones.
    ///   - pretended: a machine to use instead of the real one, for tests; `nil` means the real machine.
    ///   - reserve: the huge pages that lanes leave to verifiers.
    ///   - available: bytes of ordinary memory that a dataset may use; tests give their own number.
    ///   - compiles: whether machine code may be made at run time. Without it programs are interpreted.
    ///   - units: the processing units to use, by the system's index; `nil` means all that the process may use.
    ///   - share: the part of the lanes to plan, of those that would be chosen; at least one. `nil` means all.
    ///   - families: the families to run; algorithms of others are unsupported.
    package init(
        implementation: Implementation = .best, pages: HugePages.Kind = .reserved, pretended: Topology? = nil,
        reserve: PageReserve = PageReserve(),
        available: @escaping @Sendable () -> Int? = AvailableMemory.current, compiles: Bool = true,
        units: [Int]? = nil, share: Double? = nil, families: [any CPUFamily.Type] = CPUFamilies.builtIn
    ) {
        let loaded = Result { () throws(NightjarError) in
            if let pretended { return pretended }
            return try Topology(synthetic: nil, affinity: units)
        }
        let topology: Topology?
        switch loaded {
        case .success(let found): (topology, trouble) = (found, nil)
        case .failure(let error): (topology, trouble) = (nil, error)
        }
        var machine = CPUMachine(
            implementation: implementation, topology: topology, pages: pages, reserve: reserve, available: available,
            compiles: compiles)
        machine.share = share
        self.machine = machine
        self.families = families.map { $0.init(machine) }
        devices = [
            Device(
                id: .cpu, kind: .cpu, name: Processor.name, platform: "native",
                driver: Self.driver(implementation), computeUnits: topology?.layout.units ?? 1,
                memory: Processor.memory, fp64: true)
        ]
    }

    package func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard device == .cpu else { return .unsupported("\(device) is not the native CPU") }
        guard family(of: algorithm) != nil else {
            return .unsupported("the native CPU has no code for the family \(algorithm.family)")
        }
        return .supported
    }

    private func family(of algorithm: Algorithm) -> (any CPUFamily)? {
        families.first { type(of: $0).runs(algorithm) }
    }

    /// The family that runs `algorithm`.
    private func require(_ algorithm: Algorithm) throws(NightjarError) -> any CPUFamily {
        guard let family = family(of: algorithm) else {
            throw NightjarError(device: .cpu, reason: "there is no code for the family \(algorithm.family)")
        }
        return family
    }

    package func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads, settles: false)
    }

    package func plan(
        _ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool
    ) throws -> LanePlan {
        if case .unsupported(let reason) = support(for: algorithm, on: device) {
            throw NightjarError(device: device, reason: reason)
        }
        if let threads, threads < 1 {
            throw NightjarError(
                device: .cpu, reason: "the number of threads must be at least 1, not \(threads)", code: .argument)
        }
        guard let topology = machine.topology else {
            throw trouble ?? NightjarError(device: .cpu, reason: "there is no topology")
        }
        return try require(algorithm).plan(
            algorithm, on: machine, topology, threads: threads, settles: settles)
    }

    package func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch) {
        guard let seed = epoch.seed else { return }
        family(of: algorithm)?.prepareAhead(algorithm, seed: seed)
    }

    /// A lane on the calling thread, without pinning: for verifying and for single hashes.
    ///
    /// - Parameters:
    ///   - implementation: the code that hashes; `nil` means the backend's.
    ///   - width: the most hashes to make at once. It is fewer where more would not be faster.
    /// - Throws: ``NightjarError`` when there is not enough memory.
    package func lane(
        _ algorithm: Algorithm, implementation: Implementation? = nil, width: Int = 1
    ) throws -> any InputLane {
        try require(algorithm).lane(
            algorithm, on: machine, implementation: implementation ?? machine.implementation, width: width)
    }

    /// Huge pages for the lane of a verifier whose first job may come later, of any algorithm. The lanes of a plan leave
    /// them alone while the object lives.
    package func roomForVerifier() -> PageReserve.Room {
        let most = Catalog.all.filter { family(of: $0) != nil }.compactMap(\.parameters.scratchpad).max()
        return machine.reserve.room(HugePages.pages(most ?? 0))
    }

    /// The calling thread, for others to move; `nil` where that cannot be done.
    package func movableThread() -> MovableThread? { machine.topology.flatMap { MovableThread(onUnitsOf: $0) } }

    /// Makers of lanes that are bound to no core, as many as a plan would have lanes. They are for hashing inputs beside
    /// other threads of the process, which may have the cores that a plan would choose.
    ///
    /// - Parameters:
    ///   - threads: the number of lanes; `nil` leaves the choice to the caches.
    ///   - settles: whether the lanes will settle.
    ///   - mostWidth: the most hashes that a lane makes at once, each with a scratchpad; `nil` for the fastest.
    /// - Throws: ``NightjarError``, as ``plan(_:on:threads:settles:)``.
    package func unboundLanes(
        _ algorithm: Algorithm, threads: Int?, settles: Bool, mostWidth: Int? = nil
    ) throws(NightjarError) -> UnboundLanes {
        guard let topology = machine.topology else {
            throw trouble ?? NightjarError(device: .cpu, reason: "there is no topology")
        }
        return try require(algorithm).unboundLanes(
            algorithm, on: machine, topology, threads: threads, settles: settles, mostWidth: mostWidth)
    }

    /// Keeps the caches of this many seeds, memory permitting, instead of the few that mining needs: until the last lane
    /// has gone.
    package func keepSeeds(_ count: Int) {
        for family in families { family.keepSeeds(count) }
    }

    private static func driver(_ implementation: Implementation) -> String {
        switch implementation {
        case .portable: "portable C"
        case .native: "AES instructions"
        }
    }
}
