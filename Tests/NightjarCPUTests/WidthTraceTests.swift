import NightjarCPU
import Testing

/// Recorded speeds of real machines, played again: how much the choice of a width costs.
@Suite(.timeLimit(.minutes(10))) struct WidthTraceTests {
    @Test func thereAreTraces() throws {
        let traces = try WidthTrace.all()
        #expect(Set(traces.map(\.algorithm)).count >= 6)
        #expect(traces.contains { $0.end > 600 })
        for trace in traces {
            #expect(
                trace.rows.allSatisfy { $0.count == trace.widths.count + 1 && $0.dropFirst().allSatisfy { $0 > 0 } })
            #expect(zip(trace.rows, trace.rows.dropFirst()).allSatisfy { $0[0] < $1[0] })
            #expect(trace.end > 30, "\(trace.testDescription)")
        }
    }

    /// Wherever it begins, after ten seconds little is lost beside always the fastest width, tries of others included. Where
    /// rates differ by a quarter from turn to turn, chance decides for some seconds what is the fastest.
    @Test(arguments: try WidthTrace.all(), [1, 2]) func theFastestIsFollowed(_ trace: WidthTrace, lanes: Int) {
        var (behind, loss) = (0.0, 0.0)
        let firsts = [1, trace.widths.count / 2, trace.widths.count]
        for first in firsts {
            let replay = WidthReplay(trace)
            let cost = replay.cost(replay.machine(first: first, lanes: lanes), from: 10)
            #expect(cost.loss < 0.07, "from \(first): \(cost)")
            behind += cost.behind / Double(firsts.count)
            loss += cost.loss / Double(firsts.count)
        }
        #expect(loss < 0.045, "lost \(loss)")
        #expect(behind < 0.4, "behind \(behind)")
    }

    /// In the first ten seconds, too, most of the time is well spent.
    @Test(arguments: try WidthTrace.all()) func theSearchIsShort(_ trace: WidthTrace) throws {
        let replay = WidthReplay(trace)
        let machine = replay.machine(first: trace.widths.count / 2)
        let found = try #require(machine.ended.first { $0.turn.fastest != nil })
        #expect(found.begin < 7)
        #expect(replay.cost(machine, from: 0, to: 10).loss < 0.25)
    }
}
