import Foundation
import NightjarCore
import NightjarOpenCL
import Testing

/// The default settings of eight well-known cards, which this machine need not have, and the page that lists them.
@Suite("Default settings by device", .timeLimit(.minutes(2)))
struct DefaultSettingsTests {
    private static func card(
        _ units: Int, gibibytes: UInt64, capability: Int = 0
    ) -> DeviceLimits {
        let isNVIDIA = capability > 0
        // NVIDIA's drivers allow a quarter of the memory for one buffer.
        return DeviceLimits(
            kind: .gpu, computeUnits: units, memory: gibibytes << 30,
            maxAllocation: (gibibytes << 30) / 100 * (isNVIDIA ? 25 : 85), maxGroup: isNVIDIA ? 1024 : 256, fp64: true,
            acceptsPTX: isNVIDIA, computeCapability: capability)
    }

    private static let cards: [(name: String, limits: DeviceLimits)] = [
        ("H100 SXM, 80 GiB", card(132, gibibytes: 80, capability: 9)),
        ("H200, 141 GiB", card(132, gibibytes: 141, capability: 9)),
        ("A100, 80 GiB", card(108, gibibytes: 80, capability: 8)),
        ("V100, 16 GiB", card(80, gibibytes: 16, capability: 7)),
        ("RTX 4090, 24 GiB", card(128, gibibytes: 24, capability: 8)),
        ("RTX 5090, 32 GiB", card(170, gibibytes: 32, capability: 12)),
        ("RX 7900 XTX, 24 GiB", card(96, gibibytes: 24)),
        ("RX Vega 64, 8 GiB", card(64, gibibytes: 8)),
    ]

    private static func settings(_ algorithm: Algorithm, _ limits: DeviceLimits) throws -> TuningSettings {
        try OpenCLFamilies.builtIn().launch(algorithm, within: limits).settings
    }

    @Test("RandomX gets all hashes that a card has memory for, up to 512 a unit, with two work-items if they are few")
    func randomX() throws {
        let found = try Self.cards.map { card in
            let settings = try Self.settings(.rx0, card.limits)
            #expect(settings["groupLoop"] == 32)
            return [settings["batch"] ?? 0, settings["streams"] ?? 0]
        }
        #expect(
            found == [
                [37440, 2], [67584, 1], [37440, 1], [5312, 2], [8992, 2], [13056, 2], [8992, 2], [2080, 2],
            ])
        for card in Self.cards {
            let launch = try #require(
                try OpenCLFamilies.builtIn().launch(.rx0, within: card.limits) as? RandomXLaunch)
            #expect(launch.hasDataset && launch.padBuffers.count <= 4)
            let taken = UInt64(launch.batch) << 21 + 2336 << 20
            #expect(taken < card.limits.memory - 1 << 30, "\(card.name): a GiB is left")
            #expect(
                launch.mostHashes - launch.batch < launch.groupLoop || launch.batch > 500 * card.limits.computeUnits)
        }
    }

    @Test("CryptoNight gets 64 hashes a unit, and 128 where memory is large; NVIDIA's cards get a table in each bank")
    func cryptoNight() throws {
        let banks = try Self.cards.map { try Self.settings(.cnR, $0.limits)["tableBanks"] ?? 0 }
        #expect(banks == [32, 32, 32, 32, 32, 32, 1, 1])
        let found = try Self.cards.map { try Self.settings(.cnR, $0.limits)["batch"] ?? 0 }
        #expect(found == [8448, 16896, 6912, 5120, 8192, 10880, 6144, 3264])
    }

    @Test("SHA-256d multiplies by one on NVIDIA's cards with a unit for that")
    func sha256d() throws {
        let found = try Self.cards.map { try Self.settings(.sha256d, $0.limits)["multiply"] ?? 0 }
        #expect(found == [1, 1, 1, 1, 1, 0, 0, 0])
    }

    @Test("A GPU in a processor, and a CPU, do not get all memory")
    func sharedMemory() throws {
        var limits = Self.card(40, gibibytes: 64)
        #expect(try Self.settings(.rx0, limits)["batch"] == 40 * 512)
        limits.sharesMemory = true
        let shared = try Self.settings(.rx0, limits)
        #expect(shared["batch"] == 40 * 96 && shared["groupLoop"] == 32 && shared["streams"] == 1)
        limits.kind = .cpu
        let cpu = try Self.settings(.rx0, limits)
        #expect(cpu["batch"] == 80 && cpu["groupLoop"] == 1 && cpu["streams"] == 0)
        #expect(try Self.settings(.cn0, limits)["batch"] == 80)
        // Two work-items for each of 32 hashes do not fit a group.
        var small = Self.card(40, gibibytes: 8)
        small.maxGroup = 64
        #expect(try Self.settings(.rx0, small)["streams"] == 1)
    }

    @Test("docs/gpu-defaults.md is what the table says")
    func page() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let wanted = try Self.text()
        guard try String(contentsOf: root.appending(path: "docs/gpu-defaults.md"), encoding: .utf8) != wanted else {
            return
        }
        try wanted.write(to: root.appending(path: ".build/gpu-defaults.md"), atomically: true, encoding: .utf8)
        Issue.record("out of date; cp .build/gpu-defaults.md docs/gpu-defaults.md, if that is meant")
    }

    private static func text() throws -> String {
        let rows = DefaultRow.table.map { row in
            "| \(row.family == .all ? "all" : row.family.rawValue) | \(row.setting.rawValue) | \(row.devices) "
                + "| \(row.value) | \(row.reason) |"
        }
        let cards = try cards.map { card in
            let families = [Algorithm.rx0, .cnR, .sha256d, .scrypt]
            let settings = try families.map { try Self.settings($0, card.limits) }
            let batches = settings.map { "\($0["batch"] ?? 0)" }
            let hashes = (settings[0]["batch"] ?? 0) / card.limits.computeUnits
            return "| \(card.name) | \(card.limits.computeUnits) | \(batches[0]) | \(hashes) "
                + "| \(settings[0]["streams"] ?? 0) | \(batches[1...].joined(separator: " | ")) "
                + "| \(settings[2]["multiply"] ?? 0) |"
        }
        return """
            # Default settings of OpenCL devices

            Generated from `DefaultRow.swift`; don't edit. `DefaultSettingsTests` compares this page with the program.

            Until a device is tuned, its settings come from what its driver says: its kind, its compute units, and its
            memory. [gpu-predictions.md](gpu-predictions.md) explains the model that the numbers are from. No GPU has
            confirmed them yet: run `nightjar tune`, which starts here and tries smaller and larger values.

            Of the rows for a setting, the first counts that is for the device. A batch is never larger than the memory
            allows. Settings that are the same on every GPU are in `Kernels/*/Launch.h`.

            | Family | Setting | Devices | Value | Reason |
            |---|---|---|---|---|
            \(rows.joined(separator: "\n"))

            The size of the L2 cache and the speed of 64-bit floating point decide nothing. By the model, a batch that
            fits the L2 cache gains less than 5 % on every card; `tune` tries halves and thirds for that. OpenCL does
            not tell how fast 64-bit floating point is, and the model finds it to be no limit.

            ## Eight cards

            With the units and the memory of their data sheets. Drivers report a little less memory, and AMD's may count
            two compute units as one.

            | Card | Units | RandomX batch | a unit | streams | CryptoNight (2 MiB) batch | SHA-256d batch | scrypt batch | SHA-256d multiply |
            |---|---|---|---|---|---|---|---|---|
            \(cards.joined(separator: "\n"))

            """
    }
}
