import NightjarStages
import Testing

/// The stages that Benchmarks measures.
@Suite(.serialized, .timeLimit(.minutes(15))) struct StageTests {
    @Test func namesAreTheirOwn() {
        let names = Stage.all.map(\.name)
        #expect(names.count > 20)
        #expect(Set(names).count == names.count)
    }

    /// That they run is much: they stand in memory of their own, and take the engine apart where users do not.
    @Test(arguments: Stage.all.indices.filter { !Stage.all[$0].isLarge })
    func runs(_ index: Int) throws {
        let run = try Stage.all[index].prepare()
        #expect([run(), run()] != [0, 0], "\(Stage.all[index].name)")
    }
}
