import NightjarStages
import Testing

/// The stages that Benchmarks measures: a stage that computes something else is timed for nothing.
@Suite(.serialized, .timeLimit(.minutes(10))) struct StageTests {
    /// The stages that compute one thing in several ways.
    struct Subject: CustomTestStringConvertible {
        let name: String
        /// With how many hashes each run makes; its last one is what the run returns.
        var ways: [(stage: Stage, hashes: Int)]

        var testDescription: String { name }
    }

    private static let subjects: [Subject] = {
        var subjects: [Subject] = []
        for stage in Stage.all where !stage.isLarge {
            var parts = stage.name.split(separator: ",").map { String($0.drop { $0 == " " }) }
            var hashes = 1
            if parts.count > 2, parts[parts.count - 1].hasSuffix(" at once"),
                let width = Int(parts.removeLast().prefix { $0.isNumber })
            {
                hashes = width
            }
            if parts.count > 1, ["portable", "native", "interpreted", "compiled"].contains(parts.last) {
                parts.removeLast()
            }
            if parts.count == 2, parts[1].hasSuffix(" at once"), let width = Int(parts[1].prefix { $0.isNumber }) {
                parts = [parts[0] + " hash"]
                hashes = width
            }
            // Of both, the first run returns the first item's first word.
            if parts[0] == "rx/0 dataset items" { parts = [parts[0]] }
            let name = parts.joined(separator: ", ")
            if let index = subjects.firstIndex(where: { $0.name == name }) {
                subjects[index].ways.append((stage, hashes))
            } else {
                subjects.append(Subject(name: name, ways: [(stage, hashes)]))
            }
        }
        return subjects
    }()

    @Test func namesAreTheirOwn() {
        let names = Stage.all.map(\.name)
        #expect(names.count > 20)
        #expect(Set(names).count == names.count)
    }

    /// Hashes and dataset items are computed in two ways or more, which are held against each other below.
    @Test func mostThingsAreComputedInSeveralWays() {
        let several = Self.subjects.filter { $0.ways.count > 1 }.map(\.name)
        #expect(several.contains("rx/0 hash, light") && several.contains("rx/0 dataset items"), "\(several)")
        #expect(several.contains("cn/0 hash") && several.contains("cn/r hash"), "\(several)")
        #expect(several.count > Self.subjects.count / 2, "\(several)")
    }

    /// Every way of computing a thing gives the same, run for run, and a run computes something new or the same again.
    @Test(arguments: subjects.indices) func waysAgree(_ index: Int) throws {
        let subject = Self.subjects[index]
        let most = subject.ways.map(\.hashes).max() ?? 1
        // Of the ways that make one hash a run, by the stage's name: all that a wider one is held against.
        var expected: [UInt64]?
        for (stage, hashes) in subject.ways where hashes == 1 {
            let run = try stage.prepare()
            // The portable code is slow; two of its runs show that it computes the same.
            let count = stage.name.hasSuffix("portable") ? 2 : max(2, most)
            let results = (0..<count).map { _ in run() }
            #expect(results != [UInt64](repeating: 0, count: results.count), "\(stage.name)")
            if stage.isQuick {
                let again = try stage.prepare()
                #expect(results.map { _ in again() } == results, "\(stage.name): another time it is something else")
            }
            if let known = expected {
                // Only the first run of both is about the same items.
                let compared = subject.name == "rx/0 dataset items" ? 1 : min(known.count, results.count)
                #expect(known.prefix(compared) == results.prefix(compared), "\(stage.name)")
            }
            if results.count > expected?.count ?? 0 { expected = results }
        }
        for (stage, hashes) in subject.ways where hashes > 1 {
            let known = try #require(expected, "\(stage.name) has no stage of single hashes beside it")
            #expect(try stage.prepare()() == known[hashes - 1], "\(stage.name)")
        }
        if subject.name.hasSuffix(" hash") || subject.name.hasSuffix(" hash, light"), let expected {
            #expect(Set(expected).count == expected.count, "\(subject.name): each input is another one")
        }
    }
}
