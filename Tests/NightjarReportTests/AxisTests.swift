import NightjarReport
import Testing

@Suite(.timeLimit(.minutes(1))) struct AxisTests {
    @Test func aLogarithmicAxisBeginsAndEndsWithTicksAroundTheValues() {
        let axis = Axis(logarithmic: [42.6, 15.4, 130], from: 0, to: 100)
        #expect(axis.domain == 10...200 && axis.ticks == [10, 20, 50, 100, 200])
        #expect(axis.place(10) == 0 && axis.place(200) == 100 && axis.place(1000) == 100)
        #expect(abs(axis.place(44.721359) - 50) < 0.001)
    }

    @Test func manyDecadesHaveATickEach() {
        let axis = Axis(logarithmic: [3, 4e6], from: 0, to: 1)
        #expect(axis.ticks == [10, 100, 1000, 1e4, 1e5, 1e6])
    }

    @Test func oneValueHasAnAxis() {
        let axis = Axis(logarithmic: [100], from: 0, to: 1)
        #expect(axis.domain == 50...200 && axis.place(100) > 0 && axis.place(100) < 1)
    }

    @Test func aLinearAxisHasRoundTicks() {
        let axis = Axis(linear: -0.013...0.013, ticks: 6, from: 0, to: 260)
        #expect(axis.ticks.map { ($0 * 1000).rounded() } == [-10, -5, 0, 5, 10])
        #expect(axis.place(0) == 130)
    }
}
