import NightjarCPU
import NightjarCore
import NightjarReport

/// How near a speed comes to what was measured of its device.
package enum BenchCeilings {
    /// The processor's clock in Hz, measured by a chain of additions on one core while nothing else runs.
    package static func clock() -> Double { CoreClock.megahertz() * 1e6 }

    /// The cycles that a turn of the main loop takes a thread, or a hash where there is no such loop. There is nothing to
    /// compare them with.
    ///
    /// - Parameter clock: Hz.
    package static func processor(_ work: HashWork, rate: Double, threads: Int, clock: Double?) -> [ReachedLimit] {
        guard let clock, clock > 0, rate > 0, threads > 0 else { return [] }
        let cycles = Double(threads) * clock / rate
        guard let turns = work.iterations else {
            return [ReachedLimit(name: "cycles of a hash", unit: "cycles", reached: cycles, measured: nil)]
        }
        return [
            ReachedLimit(name: "cycles of an iteration", unit: "cycles", reached: cycles / turns, measured: nil)
        ]
    }

    /// The random lines and operations of a second, against those that the device managed in a test of nothing else.
    ///
    /// - Parameter lanes: with the hashes that are under way at once.
    package static func device(
        _ work: HashWork, rate: Double, _ measured: MemoryMeasurement, lanes: LaneFacts
    ) -> [ReachedLimit] {
        var limits: [ReachedLimit] = []
        // With a lookup gap, scrypt computes what it does not read.
        let gap = lanes.settings["gap"] ?? 1
        if let lines = work.randomLines, gap == 1 {
            let bytes = max(work.shared, work.scratchpad * Double(lanes.lanes * (lanes.hashesAtOnce ?? 1)))
            if let possible = randomLines(over: bytes, measured) {
                limits.append(
                    ReachedLimit(
                        name: "random 64-byte lines", unit: "lines/s", reached: rate * lines, measured: possible))
            }
        }
        if gap == 1, work.streamed > 0 {
            limits.append(
                ReachedLimit(
                    name: "bytes in order", unit: "B/s", reached: rate * work.streamed,
                    measured: measured.copyBytesPerSecond))
        }
        if let operations = work.operations, let possible = measured.integersPerSecond {
            limits.append(
                ReachedLimit(
                    name: "32-bit operations", unit: "operations/s", reached: rate * operations, measured: possible))
        }
        return limits
    }

    /// The most that the device managed over the largest footprint that is no larger; `nil` where all are: what fits into a
    /// cache has nothing to be compared with.
    private static func randomLines(over bytes: Double, _ measured: MemoryMeasurement) -> Double? {
        let footprints = Set(measured.random.map(\.footprint)).sorted()
        guard let footprint = footprints.last(where: { Double($0) <= bytes }) else { return nil }
        return measured.random.filter { $0.footprint == footprint }.map(\.accessesPerSecond).max()
    }
}
