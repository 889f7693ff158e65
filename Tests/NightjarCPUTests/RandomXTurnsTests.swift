import CHashing
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import TestSupport
import Testing

/// Several machines that run in turns in one compiled code, against as many interpreters.
@Suite(.timeLimit(.minutes(15))) struct RandomXTurnsTests {
    private static let variants = Catalog.all.filter { $0.randomX != nil }

    @Test(arguments: variants, 1...ProgramEmitter.mostMachines)
    func randomPrograms(_ variant: Algorithm, count: Int) throws {
        try check(try #require(variant.randomX).small(iterations: 64), count, programs: 60)
    }

    /// In a small scratchpad the line that r is written to often is the one that f is written to as well, after it.
    @Test(arguments: [Algorithm.rx0, .rx2], 1...ProgramEmitter.mostMachines)
    func oneLineForBoth(_ variant: Algorithm, count: Int) throws {
        let parameters = try #require(variant.randomX).small(iterations: 64, scratchpad: 16 << 10)
        try check(parameters, count, programs: 40)
    }

    /// Programs that never change the rounding mode, with one mode for all machines and with one for each.
    @Test(arguments: [false, true])
    func programsWithoutCFROUND(_ same: Bool) throws {
        var frequencies = try #require(Algorithm.rx0.randomX).frequencies
        frequencies[RandomXParameters.Instruction.nop.rawValue] +=
            frequencies[RandomXParameters.Instruction.cfround.rawValue]
        frequencies[RandomXParameters.Instruction.cfround.rawValue] = 0
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 64, frequencies: frequencies)
        for mode in 0..<4 as Range<UInt32> {
            try check(parameters, 3, programs: 10) { same ? mode : ($0 + mode) & 3 }
        }
    }

    /// Machines in light mode, whose items are computed together where the processor can.
    @Test(arguments: variants, 2...ProgramEmitter.mostTogether)
    func lightPrograms(_ variant: Algorithm, count: Int) throws {
        let parameters = try #require(variant.randomX).small(iterations: 32, cacheKiB: 256)
        try check(parameters, count, light: true, programs: 4)
    }

    private func check(
        _ parameters: RandomXParameters, _ count: Int, light: Bool = false, programs: Int,
        rounding: (UInt32) -> UInt32 = { $0 & 3 }
    ) throws {
        // With a copy of each program for each rounding mode too, where the processor can run them.
        for copies in Set([false, ProgramFeatures.available.hasEmbeddedRounding && !light]) {
            var random = SeededGenerator(seed: UInt64(count))
            let machines = try ManyMachines(parameters, count, light: light, copies: copies, &random)
            for number in 0..<programs {
                machines.run((0..<count).map { rounding(UInt32(number + $0)) }, &random)
                if let difference = machines.difference {
                    Issue.record("run \(number) of \(count) machines, copies \(copies): \(difference)")
                    return
                }
            }
        }
    }

    /// Whole hashes: any width and any number of inputs gives the hashes of one after the other, with a dataset and
    /// without.
    @Test(arguments: variants)
    func hashesSideBySide(_ variant: Algorithm) throws {
        let parameters = try #require(variant.randomX).small(iterations: 64, cacheKiB: 256)
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: [4, 5, 6], memory: memory.bytes)
        let items = try CompiledItems(cache)
        let dataset = AlignedMemory(RandomXDataset.memorySize(parameters))
        items.write(0..<parameters.datasetItems, to: UnsafeMutableRawPointer(dataset.pointer))
        let scratchpads = AlignedMemory(4 * parameters.scratchpadL3)
        let one = try RandomXCompiledHasher(parameters, scratchpads: scratchpads.bytes)
        let many = try RandomXCompiledHasher(parameters, scratchpads: scratchpads.bytes, machines: 4)
        let interpreter = RandomXHasher(parameters, scratchpads: scratchpads.bytes, machines: 4, executor: nil)
        one.use(items)
        interpreter.use(cache)
        let inputs = (0..<7).map { [UInt8](repeating: $0, count: 76) }
        let expected = inputs.map { $0.withUnsafeBytes { one.hash($0) } }
        let joined = inputs.flatMap { $0 }

        func hashes(_ hasher: RandomXHasher, width: Int) -> [Digest] {
            var digests = [Digest](repeating: Digest(), count: inputs.count)
            joined.withUnsafeBytes { joined in
                digests.withUnsafeMutableBufferPointer { hasher.hash(joined, into: $0, width: width) }
            }
            return digests
        }
        #expect(hashes(interpreter, width: 3) == expected)
        many.use(items)
        #expect(hashes(many.hasher, width: 2) == expected)
        many.use(RandomXDataset(parameters, seed: [4, 5, 6], memory: dataset.bytes))
        for copies in Set([false, RandomXCompiledHasher.mayCopyPrograms]) {
            many.copiesPrograms = copies
            for width in 1...4 { #expect(hashes(many.hasher, width: width) == expected, "width \(width), \(copies)") }
        }
    }

    /// Hashes in light mode, as many at once as can have their items computed together, and fewer.
    @Test(arguments: variants)
    func lightHashesSideBySide(_ variant: Algorithm) throws {
        let parameters = try #require(variant.randomX).small(iterations: 64, cacheKiB: 256)
        let memory = AlignedMemory(RandomXCache.memorySize(parameters))
        let cache = RandomXCache(parameters, seed: [7, 8], memory: memory.bytes)
        let machines = ProgramEmitter.mostTogether
        let scratchpads = AlignedMemory(machines * parameters.scratchpadL3)
        let interpreter = RandomXHasher(parameters, scratchpad: scratchpads.bytes)
        interpreter.use(cache)
        let inputs = (0..<11).map { [UInt8](repeating: $0, count: 76) }
        let expected = inputs.map { $0.withUnsafeBytes { interpreter.hash($0) } }
        let joined = inputs.flatMap { $0 }
        let hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpads.bytes, machines: machines)
        for hasLanes in Set([false, nj_rx_item_lanes_available()]) {
            hasher.use(try CompiledItems(cache, hasLanes: hasLanes))
            for width in 1...machines {
                var digests = [Digest](repeating: Digest(), count: inputs.count)
                joined.withUnsafeBytes { joined in
                    digests.withUnsafeMutableBufferPointer { hasher.hash(joined, into: $0, width: width) }
                }
                #expect(digests == expected, "width \(width), lanes: \(hasLanes)")
            }
        }
    }

    /// What the order must be like for results to be right, and for prefetches to be of use.
    @Test(arguments: 1...ProgramEmitter.mostMachines)
    func schedules(machines: Int) throws {
        let schedule = IterationSchedule(machines: machines)
        // Three rounds, iteration by iteration, from where the code begins.
        var run: [(machine: Int, end: IterationSchedule.End)] = []
        var machine = 0, phase = 0
        for _ in 0..<3 * machines * schedule.period {
            #expect((0..<machines).contains(machine) && (0..<schedule.phases).contains(phase))
            let end = schedule.end(machine, phase: phase)
            run.append((machine, end))
            (machine, phase) = (end.next, end.phase)
        }
        let round = machines * schedule.period
        for start in stride(from: 0, to: run.count, by: round) {
            let own = run[start..<start + round]
            #expect(own.first?.machine == 0)
            #expect(own.map(\.end.endsPeriod) == (1...round).map { $0 == round })
            for machine in 0..<machines {
                let ends = own.filter { $0.machine == machine }.map(\.end)
                #expect(ends.map(\.isLast) == (1...schedule.period).map { $0 == schedule.period })
            }
        }
        #expect(machine == 0 && phase == 0)
        // An item that is named is prefetched before the machine's next iteration, which may read it and names another.
        for machine in 0..<machines {
            let times = run.indices.filter { run[$0].machine == machine }
            for (time, next) in zip(times, times.dropFirst()) {
                #expect(try #require(run[time...].firstIndex { $0.end.prefetches }) < next)
            }
        }
    }
}
