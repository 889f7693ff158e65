import Benchmark
import NightjarStages

/// Times every stage by itself, in wall-clock time. A stage is prepared before its measurements, and its memory is
/// freed after them.
///
/// Quick stages are repeated by this code, and their names say so: the tool's exports do not show the tool's own
/// scaling.
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
