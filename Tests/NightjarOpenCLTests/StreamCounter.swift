import NightjarAlgorithms
import NightjarCore
import NightjarOpenCL
import TestSupport

/// Runs random RandomX programs on a device, and counts the steps of their streams. The real kernels decode and split
/// them; the counting kernel runs the real code for one pass, on words and registers that are random too.
struct StreamCounter {
    /// What a work-item did in one turn: see NJ_RX_COUNT in Streams.cl.
    struct Turn: Hashable {
        var integers = 0, rounds = 0, shorts = 0, longs = 0
    }

    /// One hash's turns of the integer stream and of the float stream.
    struct Count: Hashable {
        var integers: [Int] = []
        var floats: [Turn] = []
    }

    /// Hashes of a group.
    static let group = 32
    let hashes: Int
    let parameters: RandomXParameters
    private let runtime: DeviceRuntime
    private let queue: Queue
    private let launch: RandomXLaunch
    private let raw: [UInt64]
    private let pads: [UInt64]

    /// - Parameter jumpBits: RandomX has 8. With fewer, more branches are taken.
    init(_ device: OpenCLDevice, v2: Bool, jumpBits: Int, groups: Int) throws {
        guard let full = (v2 ? Algorithm.rx2 : .rx0).parameters as? RandomXParameters else {
            preconditionFailure("not RandomX")
        }
        // Programs are real ones. Where they read and write is small.
        parameters = RandomXParameters(
            argonSalt: full.argonSalt, argonIterations: 1, argonLanes: 1, cacheKiB: 64, cacheAccesses: 2,
            superscalarLatency: 8, datasetBaseSize: 1 << 12, datasetExtraSize: 64, programCount: 1,
            programIterations: 2, programSize: full.programSize, scratchpadL3: Self.padBytes,
            scratchpadL2: Self.padBytes / 2, scratchpadL1: Self.padBytes / 4, jumpBits: jumpBits,
            jumpOffset: full.jumpOffset, frequencies: full.frequencies, generatorKeys: full.generatorKeys,
            mixing: full.mixing, prefetchRegister: full.prefetchRegister, roundingGuard: full.roundingGuard)
        hashes = groups * Self.group
        runtime = try DeviceRuntime(device, cacheDirectory: nil, extraSources: Self.sources)
        queue = try Queue(runtime.context)
        var launch = try RandomXLaunch(parameters, within: device.limits)
        (launch.groupLoop, launch.groupHash, launch.sharing) = (Self.group, 1, Self.group)
        self.launch = launch
        var random = SeededGenerator(seed: UInt64(parameters.programSize * 100 + jumpBits))
        raw = (0..<(hashes * (16 + parameters.programSize))).map { _ in random.next() }
        pads = (0..<(hashes * Self.padWords)).map { $0 % Self.padWords < Self.padBytes / 8 ? random.next() : 0 }
    }

    /// Each hash's program, decoded as in Decode.cl, and the places of the branches that a pass takes, in its order.
    func programs() throws -> [(program: [UInt32], taken: [Int])] {
        let buffers = try Buffers(self)
        let kernel = try Kernel(
            runtime.program(Self.order, prelude: prelude(streams: 0)),
            KernelSignature("take_branches", Self.programs, Self.reciprocals, Self.pads, Self.count))
        try buffers.decode(self)
        try kernel.set(Self.programs, buffers.programs)
        try kernel.set(Self.reciprocals, buffers.reciprocals)
        try kernel.set(Self.pads, buffers.pads)
        try kernel.set(Self.count, UInt32(hashes))
        try queue.launch(kernel, items: hashes, group: Self.group)
        let cells = try cells(buffers.pads)
        var words = [UInt64](repeating: 0, count: hashes * parameters.programSize)
        try words.withUnsafeMutableBytes { try queue.read(buffers.programs, into: $0) }
        return (0..<hashes).map { hash in
            let start = hash / Self.group * Self.group * parameters.programSize + hash % Self.group
            let program = (0..<parameters.programSize).map {
                UInt32(truncatingIfNeeded: words[start + $0 * Self.group])
            }
            return (program, cells[hash].dropFirst().prefix(Int(cells[hash][0])).map { Int($0) })
        }
    }

    /// What each hash did in a pass, with one work-item or two.
    func counts(streams: Int) throws -> [Count] {
        let buffers = try Buffers(self)
        try buffers.decode(self)
        let program = try runtime.program(Self.streams, prelude: prelude(streams: streams))
        let split = try Kernel(program, RandomXKernels.split)
        let run = try Kernel(
            program,
            KernelSignature(
                "count_steps", Self.records, Self.integers, Self.extras, Self.floats, Self.pads, Self.count))
        for kernel in [split, run] {
            try kernel.set(Self.records, buffers.records)
            try kernel.set(Self.integers, buffers.integers)
            try kernel.set(Self.extras, buffers.extras)
            try kernel.set(Self.floats, buffers.floats)
            try kernel.set(Self.count, UInt32(hashes))
        }
        try split.set(Self.programs, buffers.programs)
        try split.set(Self.reciprocals, buffers.reciprocals)
        try run.set(Self.pads, buffers.pads)
        try queue.launch(split, items: hashes, group: Self.group)
        try queue.launch(run, items: hashes * streams, group: Self.group * streams)
        return try cells(buffers.pads).map { cells in
            let turn = { (at: Int) in cells[(2 + 4 * at)..<(6 + 4 * at)].map { Int($0) } }
            return Count(
                integers: (1..<(Int(cells[0]) + 1)).map { turn($0)[0] },
                floats: (1..<(Int(cells[1]) + 1)).map {
                    Turn(integers: 0, rounds: turn($0)[1], shorts: turn($0)[2], longs: turn($0)[3])
                })
        }
    }

    private func prelude(streams: Int) -> Prelude {
        var launch = launch
        launch.streams = streams
        return Prelude(parameters, launch: launch, light: false)
    }

    /// What the kernels wrote behind each scratchpad.
    private func cells(_ buffer: Buffer) throws -> [ArraySlice<UInt64>] {
        var words = [UInt64](repeating: 0, count: hashes * Self.padWords)
        try words.withUnsafeMutableBytes { try queue.read(buffer, into: $0) }
        return (0..<hashes).map { hash in
            let start = hash * Self.padWords + Self.padBytes / 8
            return ArraySlice(Array(words[start..<(start + Self.cells)]))
        }
    }

    /// The device's memory of one run.
    private struct Buffers {
        let records, raw, programs, reciprocals, integers, extras, floats, pads: Buffer

        init(_ counter: StreamCounter) throws {
            let (context, hashes, parameters) = (counter.runtime.context, counter.hashes, counter.parameters)
            func buffer(_ words: Int) throws -> Buffer {
                try Buffer(context, bytes: 8 * words * hashes, purpose: "test")
            }
            records = try buffer(46)
            raw = try buffer(16 + parameters.programSize)
            programs = try buffer(parameters.programSize)
            reciprocals = try buffer(parameters.programSize)
            integers = try buffer(RandomXLaunch.integerRows(parameters))
            extras = try buffer(RandomXLaunch.integerRows(parameters))
            floats = try buffer(RandomXLaunch.floatRows(parameters))
            pads = try buffer(StreamCounter.padWords)
            try counter.raw.withUnsafeBytes { try counter.queue.write($0, to: raw) }
            try counter.pads.withUnsafeBytes { try counter.queue.write($0, to: pads) }
        }

        func decode(_ counter: StreamCounter) throws {
            let kernel = try Kernel(
                counter.runtime.program("RandomX/Frame.cl", prelude: counter.prelude(streams: 0)),
                RandomXKernels.decode)
            try kernel.set(StreamCounter.records, records)
            try kernel.set(StreamCounter.rawWords, raw)
            try kernel.set(StreamCounter.programs, programs)
            try kernel.set(StreamCounter.reciprocals, reciprocals)
            try kernel.set(StreamCounter.count, UInt32(counter.hashes))
            try counter.queue.launch(kernel, items: counter.hashes, group: 1)
        }
    }

    private static let records = KernelParameter<Buffer>("records")
    private static let rawWords = KernelParameter<Buffer>("raw")
    private static let programs = KernelParameter<Buffer>("programs")
    private static let reciprocals = KernelParameter<Buffer>("reciprocals")
    private static let integers = KernelParameter<Buffer>("integers")
    private static let extras = KernelParameter<Buffer>("extras")
    private static let floats = KernelParameter<Buffer>("floats")
    private static let pads = KernelParameter<Buffer>("pads")
    private static let count = KernelParameter<UInt32>("count")

    private static let padBytes = 4096
    /// Words behind a scratchpad, for what is counted.
    private static let cells = 512
    private static let padWords = padBytes / 8 + cells

    private static let order = "Tests/Order.cl"
    private static let streams = "Tests/Streams.cl"

    /// The machine at a pass's beginning: registers from the scratchpad's words, and numbers of their usual size.
    private static let machine = """
        NJ_INLINE void place_machine(
            nj_rx_machine *m, __local ulong *registers, __local double2 *groups, __global ulong *pad) {
            m->r = registers;
            m->f = (__local double *)groups;
            m->e = m->f + 8 * NJ_GROUP_LOOP;
            m->a = m->e + 8 * NJ_GROUP_LOOP;
            m->pad = pad;
        }
        NJ_INLINE void start(nj_rx_machine *m, const bool has_integers, const bool has_floats) {
            m->e_mask0 = m->e_mask1 = 0x3010000000000000UL;
            m->mode = 0;
            if (has_integers) {
                for (uint i = 0; i < 8; ++i) NJ_RX_R(i) = m->pad[i];
                NJ_RX_R(NJ_RX_ZERO_REGISTER) = 0;
            }
            if (!has_floats) return;
            for (uint i = 0; i < 8; ++i) {
                NJ_RX_F(i) = nj_rx_low(m->pad[8 + i]);
                NJ_RX_E(i) = nj_rx_masked(nj_rx_low(m->pad[16 + i]), m->e_mask0);
                NJ_RX_A(i) = 1.0 + (double)(uint)m->pad[24 + i];
            }
        }
        #define PAD_WORDS (NJ_RX_SCRATCHPAD_L3 / 8 + \(cells))
        """

    private static let sources = [
        order: """
        #include "RandomX/Order.cl"
        \(machine)
        __kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void take_branches(
            __global const uint2 *programs, __global const ulong *reciprocals, __global ulong *pads, const uint count) {
            __local ulong registers[(NJ_RX_ZERO_REGISTER + 1) * NJ_GROUP_LOOP];
            __local double2 groups[3 * 4 * NJ_GROUP_LOOP];
            const uint slot = (uint)get_global_id(0), place = (uint)get_local_id(0);
            nj_rx_machine machine, *m = &machine;
            place_machine(m, registers + place, groups + place, pads + (size_t)slot * PAD_WORDS);
            start(m, true, true);
            programs += NJ_RX_PROGRAM_START(slot);
            reciprocals += NJ_RX_PROGRAM_START(slot);
            __global ulong *cells = m->pad + NJ_RX_SCRATCHPAD_L3 / 8;
            for (uint at = 0; at < NJ_RX_PROGRAM_SIZE;) {
                const uint2 instruction = programs[at * NJ_GROUP_LOOP];
                if (nj_rx_step(m, instruction, reciprocals + at * NJ_GROUP_LOOP)) {
                    cells[++cells[0]] = at;
                    at = instruction.x >> 18;
                } else
                    ++at;
            }
        }
        """,
        // Two counters of turns, then four numbers for each turn: one from the integer stream, three from the other.
        streams: """
        #define NJ_RX_COUNT(m, what) count_one((m)->pad + NJ_RX_SCRATCHPAD_L3 / 8, what)
        #include "Primitives/Inline.cl"
        NJ_INLINE void count_one(__global ulong *cells, const uint what) {
            if (what == 0) ++cells[0];
            if (what == 2) ++cells[1];
            if (what == 1) ++cells[2 + 4 * cells[0]];
            if (what > 2) ++cells[2 + 4 * cells[1] + what - 2];
        }
        #include "RandomX/Streams.cl"
        \(machine)
        __kernel NJ_GROUP_OF(NJ_RX_STREAMS * NJ_GROUP_LOOP) void count_steps(
            __global const ulong *records, __global const uint2 *integers, __global const ulong *extras,
            __global const uint *floats, __global ulong *pads, const uint count) {
            __local ulong registers[(NJ_RX_ROW_VALUES + NJ_RX_VALUES) * NJ_GROUP_LOOP];
            __local double2 groups[3 * 4 * NJ_GROUP_LOOP];
            const uint item = (uint)get_local_id(0), place = item % NJ_GROUP_LOOP;
            const uint slot = (uint)get_group_id(0) * NJ_GROUP_LOOP + place;
            nj_rx_machine machine, *m = &machine;
            place_machine(m, registers + place, groups + place, pads + (size_t)slot * PAD_WORDS);
            integers += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
            extras += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
            floats += NJ_RX_STREAM_START(slot, NJ_RX_FLOAT_ROWS);
            const ulong lengths = records[(size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_LENGTHS];
        #if NJ_RX_STREAMS == 2
            __local uint goes_on[3];
            const bool is_integer = item < NJ_GROUP_LOOP;
            start(m, is_integer, !is_integer);
            barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
            nj_rx_run(m, is_integer, !is_integer, integers, extras, floats, lengths, goes_on);
        #else
            start(m, true, true);
            nj_rx_run(m, integers, extras, floats, lengths);
        #endif
        }
        """,
    ]
}
