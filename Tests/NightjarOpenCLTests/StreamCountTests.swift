import NightjarCore
import NightjarOpenCL
import Testing

/// The steps that the kernels take are those that a simulator predicts. docs/gpu-predictions.md follows from such steps.
@Suite("Steps of RandomX's streams", .serialized, .timeLimit(.minutes(20)))
struct StreamCountTests {
    /// - Parameter jumpBits: with three instead of eight, branches are taken so often that words and jumps find no room.
    @Test("Each hash's steps, turn by turn, are the simulator's", arguments: [false, true], [8, 3])
    func everyHash(v2: Bool, jumpBits: Int) throws {
        for device in try Fixture.all() where device.description.fp64 {
            let counter = try StreamCounter(device, v2: v2, jumpBits: jumpBits, groups: 16)
            let (programs, one, two) = try Self.simulate(counter)
            #expect(try counter.counts(streams: 1) == one.flatMap(\.counts), "one work-item, \(device.id)")
            #expect(try counter.counts(streams: 2) == two.flatMap(\.counts), "two work-items, \(device.id)")

            // Turns beyond the usual number: words or jumps found no room, or a window was repeated.
            let overflows = one.flatMap(\.counts).filter { $0.integers.count > 1 }.count
            let late = two.flatMap(\.counts).filter { $0.integers.count > 4 }.count
            let taken = programs.map(\.taken.count).reduce(0, +)
            #expect(taken > (jumpBits == 8 ? programs.count / 20 : 3 * programs.count))
            if jumpBits == 3 { #expect(overflows > programs.count / 2 && late == programs.count) }
        }
    }

    /// The page's numbers are means of many programs, from another simulator. These programs' own are 201, 129.5, 31.5
    /// and 5.1.
    @Test("A group's steps are on average those that docs/gpu-predictions.md tells")
    func averages() throws {
        let counter = try StreamCounter(Fixture.device(), v2: false, jumpBits: 8, groups: 16)
        let (_, _, two) = try Self.simulate(counter)
        for (what, told, number) in [
            ("integer steps", 206, \.integers), ("short steps", 130, \.shorts), ("long steps", 32, \.longs),
            ("phases", 5.3, \.phases),
        ] as [(String, Double, KeyPath<StreamSimulator.Pass, Int>)] {
            let mean = Double(two.map { $0[keyPath: number] }.reduce(0, +)) / Double(two.count)
            #expect(abs(mean - told) < 0.05 * told, "\(what): \(mean)")
        }
    }

    /// What the simulator says of the counter's programs, group by group, with one work-item a hash and with two.
    private static func simulate(
        _ counter: StreamCounter
    ) throws -> (
        programs: [(program: [UInt32], taken: [Int])], one: [StreamSimulator.Pass], two: [StreamSimulator.Pass]
    ) {
        let programs = try counter.programs()
        let hashes = programs.map { StreamSimulator.Hash($0.program, taken: $0.taken) }
        let groups = stride(from: 0, to: hashes.count, by: StreamCounter.group).map {
            Array(hashes[$0..<($0 + StreamCounter.group)])
        }
        let instructions = counter.parameters.programSize
        return (
            programs, groups.map { StreamSimulator.oneItem($0, instructions: instructions) },
            groups.map { StreamSimulator.twoItems($0, instructions: instructions) }
        )
    }
}
