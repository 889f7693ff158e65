// swift-tools-version: 6.2
import PackageDescription

// The rooms stand in floors; imports go downward only. A user who links the library `Nightjar` builds floors 0 to 4:
// no network, no database, no Foundation. See README.md, "The house".

// A file that uses a member of a module imports that module, so that every edge between rooms can be read in the files;
// Scripts/check-imports.py holds them to what is declared here.
let swift: [SwiftSetting] = [
    .treatAllWarnings(as: .error), .enableUpcomingFeature("MemberImportVisibility"),
]
let c: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "nightjar",
    products: [
        .library(name: "Nightjar", targets: ["Nightjar"]),
        // For the package in Benchmarks alone, and no user's business.
        .library(name: "NightjarStages", targets: ["NightjarStages"]),
        .executable(name: "nightjar", targets: ["NightjarCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // The HTTP server, without the traits that would bring a configuration library and full Foundation; and what
        // its interface speaks of.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // Floor 0: foreign libraries, kernel sources, C hot loops.
        // Linked to no OpenCL library: it opens the loader at run time.
        .target(name: "COpenCL", cSettings: c),
        .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"]), .brew(["hwloc"])]),
        // The header of the C interface, which NightjarC implements.
        .systemLibrary(name: "CNightjar"),
        // The OpenCL sources, embedded with C23's #embed, and the tables that both C dialects share.
        .target(
            name: "CKernels", path: "Kernels",
            exclude: ["Shared", "Primitives", "CryptoNight", "RandomX", "SHA256d", "Scrypt"],
            sources: ["KernelTable.c", "Launch.c"],
            cSettings: c),
        // Reads Kernels/Shared for its tables: a table is written once, for host and device.
        .target(name: "CHashing", cSettings: c + [.headerSearchPath("../../Kernels")]),

        // The commit of this build, when Scripts/with-commit.sh runs it.
        .target(name: "CCommit", cSettings: c),

        // The dashboard's files, embedded in the same way.
        .target(
            name: "CDashboard", exclude: ["dashboard.html", "dashboard.css", "dashboard.js", "favicon.svg"],
            cSettings: c),

        // SQLite's headers; GRDB links the library.
        .target(name: "CSQLite", cSettings: c),

        // Floor 1: the system below; the words of the field.
        .target(name: "NightjarPlatform", swiftSettings: swift),
        .target(name: "NightjarCore", swiftSettings: swift),

        // Floor 2: what a device is to the engine; what each algorithm is; JSON; the wire; nodes.
        .target(name: "NightjarDevices", dependencies: ["NightjarCore"], swiftSettings: swift),
        .target(name: "NightjarAlgorithms", dependencies: ["NightjarCore", "CHashing"], swiftSettings: swift),
        .target(name: "NightjarJSON", swiftSettings: swift),
        .target(
            name: "NightjarWire",
            dependencies: [
                "NightjarPlatform", "NightjarCore", "NightjarJSON", "CHashing",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swift),
        // Mines as a pool's client does, and so stands on the wire.
        .target(
            name: "NightjarNode",
            dependencies: [
                "NightjarPlatform", "NightjarCore", "NightjarJSON", "NightjarWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swift),

        // Floor 3: what a benchmark found, as statistics, pictures and files.
        .target(
            name: "NightjarReport", dependencies: ["NightjarPlatform", "NightjarJSON"], swiftSettings: swift),

        // Floor 3: how each kind of device runs them.
        .target(
            name: "NightjarCPU",
            dependencies: [
                "NightjarPlatform", "NightjarCore", "NightjarDevices", "NightjarAlgorithms", "CHashing", "CHwloc",
            ],
            swiftSettings: swift),
        .target(
            name: "NightjarOpenCL",
            dependencies: [
                "NightjarPlatform", "NightjarCore", "NightjarDevices", "NightjarAlgorithms", "CHashing", "COpenCL",
                "CKernels",
            ],
            swiftSettings: swift),

        // The stages that Benchmarks measures. They are `package`, and that package is another: this is its window.
        .target(
            name: "NightjarStages",
            dependencies: [
                "NightjarCPU", "NightjarPlatform", "NightjarAlgorithms", "NightjarCore", "CHashing",
            ],
            path: "Benchmarks/Stages", swiftSettings: swift),

        // Floor 4: the engine, and the public API.
        .target(
            name: "Nightjar",
            dependencies: [
                "NightjarPlatform", "NightjarCore", "NightjarDevices", "NightjarAlgorithms", "NightjarCPU",
                "NightjarOpenCL",
            ],
            swiftSettings: swift),

        // Floor 5: the engine for C. Scripts/link-library.sh makes libnightjar of it.
        .target(
            name: "NightjarC",
            dependencies: [
                "Nightjar", "NightjarOpenCL", "NightjarCPU", "NightjarAlgorithms", "NightjarDevices", "NightjarCore",
                "NightjarPlatform", "CNightjar",
            ],
            swiftSettings: swift),

        // Floor 5: engine and wire together.
        .target(
            name: "NightjarMiner",
            dependencies: [
                "Nightjar", "NightjarPlatform", "NightjarCore", "NightjarJSON", "NightjarWire",
                "CSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: swift),

        // Beside the miner and not in it, so that only the command links HTTP.
        .target(
            name: "NightjarAPI",
            dependencies: [
                "NightjarMiner", "NightjarWire", "Nightjar", "NightjarPlatform", "NightjarCore", "NightjarCPU",
                "NightjarJSON",
                "CHashing",
                "CDashboard",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["openapi.json"], swiftSettings: swift),

        // Floor 6: the command line. The product is `nightjar`; the target is not, because module names that differ
        // by case alone collide on case-insensitive file systems.
        .executableTarget(
            name: "NightjarCommand",
            dependencies: [
                "NightjarMiner", "NightjarAPI", "Nightjar", "NightjarReport", "NightjarCPU", "NightjarOpenCL",
                "NightjarNode", "NightjarWire", "NightjarJSON", "NightjarCore", "NightjarPlatform", "CCommit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swift),

        // Tests mirror Sources. Tests/Vectors holds the known answers; TestSupport has the one decoder, and who plays
        // the other side of a test.
        .target(
            name: "TestSupport",
            dependencies: [
                "NightjarCore", "NightjarPlatform", "NightjarJSON", "NightjarWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Support", swiftSettings: swift),
        // Stands in the allocator's place in the tests' process, to count.
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: c),
        .testTarget(
            name: "NightjarPlatformTests", dependencies: ["NightjarPlatform", "TestSupport"], swiftSettings: swift),
        .testTarget(name: "NightjarJSONTests", dependencies: ["NightjarJSON"], swiftSettings: swift),
        .testTarget(
            name: "NightjarReportTests", dependencies: ["NightjarReport", "NightjarJSON", "NightjarPlatform"],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarCoreTests",
            dependencies: ["NightjarCore", "NightjarDevices", "TestSupport"],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarAlgorithmsTests",
            dependencies: ["NightjarAlgorithms", "NightjarCore", "CHashing", "TestSupport"], swiftSettings: swift),
        .testTarget(
            name: "NightjarCPUTests",
            dependencies: [
                "NightjarCPU", "NightjarStages", "NightjarAlgorithms", "NightjarDevices", "NightjarPlatform",
                "NightjarCore", "CHashing", "TestSupport", "AllocationCounter",
            ],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarOpenCLTests",
            dependencies: [
                "NightjarOpenCL", "NightjarAlgorithms", "NightjarDevices", "NightjarWire", "NightjarPlatform",
                "NightjarCore",
                "CHashing",
                "TestSupport",
            ], swiftSettings: swift),
        .testTarget(
            name: "NightjarTests",
            dependencies: [
                "Nightjar", "NightjarPlatform", "NightjarDevices", "NightjarCPU", "NightjarOpenCL",
                "NightjarAlgorithms",
                "NightjarCore", "TestSupport",
            ], swiftSettings: swift),
        // NIO too: the tests play pools and nodes that no sandbox pool would be.
        .testTarget(
            name: "NightjarWireTests",
            dependencies: [
                "NightjarJSON", "NightjarWire", "NightjarNode", "NightjarPlatform", "NightjarCore", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarNodeTests",
            dependencies: [
                "NightjarJSON", "NightjarWire", "NightjarNode", "NightjarPlatform", "NightjarCore", "CHashing",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarMinerTests",
            dependencies: [
                "NightjarMiner", "Nightjar", "NightjarJSON", "NightjarWire", "NightjarNode", "NightjarPlatform",
                "NightjarCPU", "NightjarOpenCL", "NightjarDevices", "NightjarCore", "TestSupport",
                // Writes rows into a ledger that no miner writes.
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarAPITests",
            dependencies: [
                "NightjarAPI", "NightjarMiner", "Nightjar", "NightjarJSON", "NightjarWire", "NightjarNode",
                "NightjarPlatform", "NightjarCore", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            swiftSettings: swift),
        .testTarget(
            name: "NightjarCommandTests",
            dependencies: [
                "NightjarCommand", "NightjarReport", "NightjarMiner", "Nightjar", "NightjarWire", "NightjarJSON",
                "NightjarPlatform",
                "NightjarCore", "TestSupport",
            ], swiftSettings: swift),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu2x
)
