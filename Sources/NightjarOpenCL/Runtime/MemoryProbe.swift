import NightjarCore

/// Measures a device's memory by the device's own clock.
package struct MemoryProbe {
    /// The kernels. The host knows each work-item's result beforehand.
    package static let source = """
        __kernel void probe_fill(__global ulong *lines) {
            const size_t line = get_global_id(0);
            for (uint i = 0; i < 8; ++i) lines[8 * line + i] = line;
        }

        __kernel void probe_copy(__global const ulong2 *from, __global ulong2 *to) {
            const size_t i = get_global_id(0);
            to[i] = from[i];
        }

        // Each line's first word decides where to go on, and stays. Its last word is written by any work-item.
        __kernel void probe_random(__global ulong8 *lines, const uint mask, const uint turns, __global ulong *out) {
            ulong x = (get_global_id(0) + 1) * 0x9E3779B97F4A7C15UL;
            for (uint turn = 0; turn < turns; ++turn) {
                const uint at = (uint)(x >> 24) & mask;
                ulong8 line = lines[at];
                x = (x ^ line.s0) * 0xD1342543DE82EF95UL + 1;
                line.s7 = x;
                lines[at] = line;
            }
            out[get_global_id(0)] = x;
        }

        #define STEP a += rotate(b, 7u) ^ c; b += rotate(c, 9u) ^ d; c += rotate(d, 13u) ^ a; d += rotate(a, 18u) ^ b;
        // Four steps of twelve operations a turn: rotations, XORs and additions, as hashes have them.
        __kernel void probe_integers(const uint turns, __global uint *out) {
            uint a = get_global_id(0) + 1, b = a ^ 0x9E3779B9u, c = b + 0x7F4A7C15u, d = ~a;
            for (uint turn = 0; turn < turns; ++turn) { STEP STEP STEP STEP }
            out[get_global_id(0)] = a ^ b ^ c ^ d;
        }

        """

    package static let fill = KernelSignature("probe_fill", lines)
    package static let copy = KernelSignature("probe_copy", from, to)
    package static let random = KernelSignature("probe_random", lines, mask, turns, out)
    package static let integers = KernelSignature("probe_integers", turns, out)
    private static let lines = KernelParameter<Buffer>("lines")
    private static let from = KernelParameter<Buffer>("from")
    private static let to = KernelParameter<Buffer>("to")
    private static let mask = KernelParameter<UInt32>("mask")
    private static let turns = KernelParameter<UInt32>("turns")
    private static let out = KernelParameter<Buffer>("out")

    private let device: OpenCLDevice
    private let runtime: DeviceRuntime
    private let queue: Queue
    private let program: Program

    init(_ device: OpenCLDevice, calls: Calls) throws {
        self.device = device
        runtime = try DeviceRuntime(
            device, cacheDirectory: nil, extraSources: ["Probe.cl": Self.source], calls: calls)
        program = try runtime.program("Probe.cl", prelude: Prelude())
        queue = try Queue(runtime.context, profiles: true)
    }

    /// - Parameter largest: the largest footprint that is tried, in bytes, if the device has as much.
    /// - Throws: ``NightjarError`` when the device fails or computes wrongly, ``CallFailure`` when a call does.
    func measure(largest: UInt64) throws -> MemoryMeasurement {
        let room = min(device.maxAllocation, device.description.memory / 2, largest)
        guard room >= Self.smallest else {
            throw NightjarError(device: device.id, reason: "there is too little memory to measure")
        }
        let bytes = 1 << (UInt64.bitWidth - 1 - room.leadingZeroBitCount)
        let lines = try Buffer(runtime.context, bytes: bytes, purpose: "lines")
        let fill = try Kernel(program, Self.fill)
        try fill.set(Self.lines, lines)
        try queue.launch(fill, items: bytes / 64, group: group)
        try queue.finish()
        _ = try queue.takeProfile()
        let copy = try copied(lines, bytes: bytes / 2)
        var random: [MemoryMeasurement.Random] = []
        var footprint = Int(Self.smallest)
        while footprint <= bytes {
            for perUnit in device.description.kind == .cpu ? [1, 8] : [64, 256, 1024] {
                random.append(
                    try randomly(lines, footprint: footprint, items: device.description.computeUnits * perUnit))
            }
            footprint *= 4
        }
        return MemoryMeasurement(copyBytesPerSecond: copy, random: random, integersPerSecond: try integers())
    }

    private static let smallest: UInt64 = 1 << 26
    /// Nanoseconds of a launch: long enough to be measured, short enough for a display on the same device.
    private static let wanted: UInt64 = 50_000_000

    private var group: Int { min(64, device.maxGroup) }

    /// Copies `bytes` of `lines` to another buffer: once to warm up, then three times. The fastest counts.
    private func copied(_ lines: Buffer, bytes: Int) throws -> Double {
        let to = try Buffer(runtime.context, bytes: bytes, purpose: "a copy")
        let kernel = try Kernel(program, Self.copy)
        try kernel.set(Self.from, lines)
        try kernel.set(Self.to, to)
        for _ in 0..<4 { try queue.launch(kernel, items: bytes / 16, group: group) }
        try queue.finish()
        let times = try queue.takeProfile().map(\.nanoseconds).dropFirst()
        var words = [UInt64](repeating: 0, count: 32)
        try words.withUnsafeMutableBytes { try queue.read(to, into: $0) }
        guard words == (0..<32).map({ UInt64($0 / 8) }) else {
            throw NightjarError(device: device.id, reason: "a copy in its memory differs from the original")
        }
        return 2 * Double(bytes) / Double(max(1, times.min() ?? 1)) * 1e9
    }

    private func randomly(_ lines: Buffer, footprint: Int, items: Int) throws -> MemoryMeasurement.Random {
        let group = min(group, items)
        let items = (items + group - 1) / group * group
        let out = try Buffer(runtime.context, bytes: 8 * items, purpose: "results")
        let kernel = try Kernel(program, Self.random)
        let mask = UInt32(footprint / 64 - 1)
        try kernel.set(Self.lines, lines)
        try kernel.set(Self.mask, mask)
        try kernel.set(Self.out, out)
        var turns: UInt32 = 64
        while true {
            try kernel.set(Self.turns, turns)
            try queue.launch(kernel, items: items, group: group)
            try queue.finish()
            let time = max(1, try queue.takeProfile().first?.nanoseconds ?? 1)
            guard time >= Self.wanted || turns >= 1 << 24 else {
                turns = UInt32(min(1 << 24, UInt64(turns) * min(16, max(2, Self.wanted / time + 1))))
                continue
            }
            try check(out, mask: mask, turns: turns, items: items)
            return MemoryMeasurement.Random(
                footprint: UInt64(footprint), workItems: items,
                accessesPerSecond: Double(items) * Double(turns) / Double(time) * 1e9)
        }
    }

    /// 32-bit operations a second, by as many work-items as keep the device busy.
    private func integers() throws -> Double {
        let items = device.description.computeUnits * (device.description.kind == .cpu ? 64 : 2048)
        let out = try Buffer(runtime.context, bytes: 4 * items, purpose: "results")
        let kernel = try Kernel(program, Self.integers)
        try kernel.set(Self.out, out)
        var turns: UInt32 = 64
        while true {
            try kernel.set(Self.turns, turns)
            try queue.launch(kernel, items: items, group: min(group, items))
            try queue.finish()
            let time = max(1, try queue.takeProfile().first?.nanoseconds ?? 1)
            guard time >= Self.wanted || turns >= 1 << 24 else {
                turns = UInt32(min(1 << 24, UInt64(turns) * min(16, max(2, Self.wanted / time + 1))))
                continue
            }
            var results = [UInt32](repeating: 0, count: min(4, items))
            try results.withUnsafeMutableBytes { try queue.read(out, into: $0) }
            for (item, result) in results.enumerated() where result != Self.integers(UInt32(item), turns) {
                throw NightjarError(device: device.id, reason: "its integer operations give wrong results")
            }
            return Double(items) * Double(turns) * 48 / Double(time) * 1e9
        }
    }

    /// What a work-item of `probe_integers` computes.
    private static func integers(_ item: UInt32, _ turns: UInt32) -> UInt32 {
        func rotate(_ x: UInt32, _ bits: UInt32) -> UInt32 { x << bits | x >> (32 - bits) }
        var a = item + 1
        var (b, d) = (a ^ 0x9E37_79B9, ~a)
        var c = b &+ 0x7F4A_7C15
        for _ in 0..<turns {
            for _ in 0..<4 {
                a &+= rotate(b, 7) ^ c
                b &+= rotate(c, 9) ^ d
                c &+= rotate(d, 13) ^ a
                d &+= rotate(a, 18) ^ b
            }
        }
        return a ^ b ^ c ^ d
    }

    /// Compares the first work-items' results with those that the host computes.
    private func check(_ out: Buffer, mask: UInt32, turns: UInt32, items: Int) throws {
        var results = [UInt64](repeating: 0, count: min(4, items))
        try results.withUnsafeMutableBytes { try queue.read(out, into: $0) }
        for (item, result) in results.enumerated() {
            var x = UInt64(item + 1) &* 0x9E37_79B9_7F4A_7C15
            for _ in 0..<turns {
                let at = UInt64(UInt32(truncatingIfNeeded: x >> 24) & mask)
                x = (x ^ at) &* 0xD134_2543_DE82_EF95 &+ 1
            }
            guard x == result else {
                throw NightjarError(device: device.id, reason: "random accesses over its memory give wrong results")
            }
        }
    }
}
