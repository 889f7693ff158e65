import NightjarCommand
import NightjarCore
import NightjarReport
import Testing

/// What of a device's limits a speed reaches, against sums that are done by hand.
@Suite(.timeLimit(.minutes(1))) struct BenchCeilingTests {
    private func work(_ name: String, isFull: Bool = false) throws -> HashWork {
        HashWork(try #require(Catalog.algorithm(named: name)), isFull: isFull)
    }

    @Test func whatAHashNeeds() throws {
        // CryptoNight's 524,288 turns with two accesses, as its standard (CNS008) tells; heavy has three in half of the turns.
        #expect(try work("cn/2").randomLines == 2 * 524_288 && work("cn/2").iterations == 524_288)
        #expect(try work("cn-heavy/0").randomLines == 3 * 262_144)
        #expect(try work("cn/gpu").randomLines == work("cn/gpu").iterations)
        // RandomX: eight programs of 2048 iterations; eight cache accesses make an item.
        #expect(try work("rx/0", isFull: true).randomLines == 8 * 2048 * 3)
        #expect(try work("rx/0").randomLines == 8 * 2048 * 10)
        #expect(try work("rx/0", isFull: true).shared == 2_147_483_648 + 33_554_368)
        #expect(try work("rx/0").shared == Double(256 << 20))
        #expect(try work("scrypt").randomLines == 2048 && work("scrypt").streamed == 262_144)
        #expect(try work("sha256d").operations == 2 * 2168 && work("sha256d").randomLines == nil)
    }

    @Test func sharesAreOfTheFittingMeasurement() throws {
        let measured = MemoryMeasurement(
            copyBytesPerSecond: 400e9,
            random: [
                .init(footprint: 1 << 26, workItems: 64, accessesPerSecond: 4e9),
                .init(footprint: 1 << 26, workItems: 256, accessesPerSecond: 5e9),
                .init(footprint: 1 << 30, workItems: 64, accessesPerSecond: 2e9),
                .init(footprint: 1 << 32, workItems: 64, accessesPerSecond: 1e9),
            ], integersPerSecond: 10e12)
        // 1024 hashes of 2 MiB: 2 GiB, so that the test over 1 GiB counts.
        let cn = BenchCeilings.device(
            try work("cn/2"), rate: 1000, measured, lanes: LaneFacts(lanes: 2, hashesAtOnce: 512))
        #expect(cn.map(\.name) == ["random 64-byte lines", "bytes in order"])
        #expect(cn[0].measured == 2e9 && cn[0].reached == 1000 * 1_048_576 && cn[0].share == 0.524288)
        #expect(cn[1].reached == 1000 * Double(4 << 20) && cn[1].measured == 400e9)
        let sha = BenchCeilings.device(try work("sha256d"), rate: 1e9, measured, lanes: LaneFacts(lanes: 1))
        #expect(sha.map(\.name) == ["32-bit operations"] && sha[0].share == 0.4336)
        // Eight scratchpads of 256 KiB: smaller than what was measured.
        let pico = BenchCeilings.device(
            try work("cn-pico"), rate: 500, measured, lanes: LaneFacts(lanes: 1, hashesAtOnce: 8))
        #expect(pico.map(\.name) == ["bytes in order"])
        // With a lookup gap, scrypt reads less than it would.
        let gap = LaneFacts(lanes: 1, hashesAtOnce: 64, settings: ["gap": 2])
        #expect(BenchCeilings.device(try work("scrypt"), rate: 1, measured, lanes: gap).isEmpty)
    }

    @Test func cyclesAreOfAThread() throws {
        let cycles = BenchCeilings.processor(try work("cn/2"), rate: 50, threads: 2, clock: 3e9)
        #expect(cycles.count == 1 && cycles[0].measured == nil && cycles[0].share == nil)
        #expect(abs(cycles[0].reached - 228.88) < 0.01)
        let hash = BenchCeilings.processor(try work("sha256d"), rate: 10e6, threads: 1, clock: 3e9)
        #expect(hash[0].name == "cycles of a hash" && hash[0].reached == 300)
        #expect(BenchCeilings.processor(try work("cn/2"), rate: 50, threads: 2, clock: nil).isEmpty)
    }

    @Test func scansHaveAFewPoints() {
        #expect(BenchScan.threads(1) == [1] && BenchScan.threads(3) == [1, 2, 3])
        #expect(BenchScan.threads(24) == [1, 2, 4, 8, 16, 24] && BenchScan.threads(64).last == 64)
    }
}
