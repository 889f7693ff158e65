// swift-tools-version: 6.2
import PackageDescription

// Micro-benchmarks: a package of its own, so that what it takes to measure is not in a user's build.
let package = Package(
    name: "nightjar-benchmarks",
    dependencies: [
        .package(name: "nightjar", path: ".."),
        // Without its traits: its interposers would stand in the allocator's way.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "StageBenchmarks",
            dependencies: [
                .product(name: "NightjarStages", package: "nightjar"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            // Its plugin takes a target for a benchmark where the directory that holds it is called Benchmarks.
            path: "StageBenchmarks", swiftSettings: [.treatAllWarnings(as: .error)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
