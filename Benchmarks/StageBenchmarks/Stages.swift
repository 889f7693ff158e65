import Benchmark
import NightjarStages

/// Every stage by itself, in wall-clock time. What it needs is prepared before its measurements, and given back after.
///
/// Quick ones are repeated by hand, and say so in their names: of the tool's own scaling, its exports say nothing.
let benchmarks: @Sendable () -> Void = {
    for stage in Stage.all {
        let prepared = Prepared()
        Benchmark(
            stage.isQuick ? "\(stage.name), 1000 times" : stage.name,
            configuration: .init(
                metrics: [.wallClock, .throughput], warmupIterations: 2, maxDuration: .seconds(2),
                maxIterations: 10_000,
                setup: { prepared.run = try stage.prepare() }, teardown: { prepared.run = nil })
        ) { benchmark in
            guard let run = prepared.run else { return benchmark.error("\(stage.name) is not prepared") }
            for _ in 0..<(stage.isQuick ? 1000 : 1) { blackHole(run()) }
        }
    }
}

private final class Prepared {
    var run: (() -> UInt64)?
}
