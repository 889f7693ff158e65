// swift-tools-version: 6.2
import PackageDescription

// Micro-benchmarks. They are a separate package, so that a user's build does not need the measuring tools.
let package = Package(
    name: "nightjar-benchmarks",
    dependencies: [
        .package(name: "nightjar", path: ".."),
        // Without its traits: its interposers would change the allocator.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "StageBenchmarks",
            dependencies: [
                .product(name: "NightjarStages", package: "nightjar"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            // Its plugin takes every target below a directory called Benchmarks for a benchmark.
            path: "StageBenchmarks", swiftSettings: [.treatAllWarnings(as: .error)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        // Not directly below a directory called Benchmarks, or the plugin would take it for a benchmark.
        .executableTarget(
            name: "WidthTraces", dependencies: [.product(name: "NightjarStages", package: "nightjar")],
            path: "Recorders/WidthTraces", swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)
