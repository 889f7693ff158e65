import NightjarCore

/// A default setting of some devices, and why it is so.
///
/// ``table`` has all defaults that depend on a device's size or memory. Those that are the same on every GPU are in each
/// family's `Launch.h`, in `Kernels`. docs/gpu-defaults.md is made from the table.
package struct DefaultRow: Sendable {
    package enum Family: String, Sendable {
        case randomX = "RandomX"
        case cryptoNight = "CryptoNight"
        case sha256d = "SHA-256d"
        case scrypt
        case all
    }

    package enum Setting: String, Sendable {
        /// Hashes of a batch for each compute unit, if the device has memory for as many.
        case hashesPerUnit = "hashes a unit"
        /// Hashes of a group in the kernel that takes most of the time.
        case groupLoop
        /// How RandomX's programs run: ``RandomXLaunch/streams``.
        case streams
        /// How often CryptoNight has its AES table in local memory: once, or in each of 32 banks.
        case tableBanks
        /// Whether CryptoNight divides by a reciprocal; no tuner tries it.
        case reciprocals
        /// Whether SHA-256d multiplies by one where it adds.
        case multiply
        /// Of the device's memory, for scratchpads and RandomX's cache and dataset.
        case memoryPercent = "memory used, percent"
        /// As ``memoryPercent``, in another unit.
        case memoryLeft = "memory left, GiB"
    }

    package let family: Family
    package let setting: Setting
    package let value: Int
    /// The devices, in words.
    package let devices: String
    package let reason: String
    private let applies: @Sendable (_ limits: DeviceLimits, _ hashesPerUnit: Int) -> Bool

    private init(
        _ family: Family, _ setting: Setting, _ value: Int, _ devices: String, because reason: String,
        applies: @escaping @Sendable (_ limits: DeviceLimits, _ hashesPerUnit: Int) -> Bool
    ) {
        self.family = family
        self.setting = setting
        self.value = value
        self.devices = devices
        self.reason = reason
        self.applies = applies
    }

    /// A device's default. There must be one: see ``table``.
    ///
    /// - Parameter hashesPerUnit: hashes of a batch for each compute unit, where a group's size depends on them.
    static func value(
        _ family: Family, _ setting: Setting, _ limits: DeviceLimits, hashesPerUnit: Int = 0
    ) -> Int {
        guard let row = row(family, setting, limits, hashesPerUnit) else {
            preconditionFailure("no default of \(setting.rawValue) for \(family.rawValue)")
        }
        return row.value
    }

    fileprivate static func row(
        _ family: Family, _ setting: Setting, _ limits: DeviceLimits, _ hashesPerUnit: Int = 0
    ) -> DefaultRow? {
        table.first { $0.family == family && $0.setting == setting && $0.applies(limits, hashesPerUnit) }
    }

    private static let inTurn = "A driver runs work-items one after the other: more of them only take longer."

    /// Of the rows for a setting, the first counts that is for the device. The last one is for all devices, except for
    /// ``Setting/memoryLeft``.
    package static let table: [DefaultRow] = [
        DefaultRow(
            .all, .memoryLeft, 4, "own memory of more than 20 GiB",
            because: "A driver and a display need a few GiB, however large the memory is."
        ) { limits, _ in limits.hasOwnMemory && limits.memory > 20 << 30 },
        DefaultRow(
            .all, .memoryPercent, 50, "CPUs", because: "Other programs use the same memory."
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .all, .memoryPercent, 80, "all others", because: "A display uses the same memory."
        ) { _, _ in true },

        DefaultRow(
            .randomX, .hashesPerUnit, 2, "CPUs",
            because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .randomX, .hashesPerUnit, 96, "GPUs in a processor",
            because: "Much memory, but slow: all of it would be a batch of a minute."
        ) { limits, _ in limits.sharesMemory },
        DefaultRow(
            .randomX, .hashesPerUnit, 512, "all others",
            because: "Each hash is one long chain of instructions. While they are too few to keep a unit busy, a batch "
                + "takes the same time whatever its size. With 512, a unit or the memory is busy."
        ) { _, _ in true },
        // Members of a group wait for each other: a smaller one waits less, and issues more instructions in all. Loads begin
        // early, so that waiting costs little.
        DefaultRow(
            .randomX, .groupLoop, 1, "CPUs", because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .randomX, .groupLoop, 32, "all others",
            because: "A smaller group leaves a part of a warp empty, and issues more instructions in all."
        ) { _, _ in true },
        DefaultRow(
            .randomX, .streams, 0, "CPUs",
            because: "A driver runs work-items one after the other: a branch costs only the one that takes it."
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .randomX, .streams, 1, "GPUs in a processor",
            because: "There is no prediction for them, so they get the simpler form."
        ) { limits, _ in limits.sharesMemory },
        // Two work-items take 176 to 180 registers. An NVIDIA unit's 65536 are enough for ten groups of 32 hashes.
        DefaultRow(
            .randomX, .streams, 1, "more than 300 hashes a unit",
            because: "A unit has no registers for two work-items for each of so many hashes, and memory is the limit."
        ) { _, hashesPerUnit in hashesPerUnit > 300 },
        DefaultRow(
            .randomX, .streams, 2, "all others",
            because: "A unit mostly waits for memory: a hash's two streams wait at the same time."
        ) { _, _ in true },

        DefaultRow(
            .cryptoNight, .hashesPerUnit, 2, "CPUs",
            because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .cryptoNight, .hashesPerUnit, 128, "1 GiB of own memory a unit, or more",
            because: "Memory that large is fast: 64 hashes a unit do not keep it busy."
        ) { limits, _ in limits.hasOwnMemory && limits.memory / UInt64(max(1, limits.computeUnits)) >= 1 << 30 },
        DefaultRow(
            .cryptoNight, .hashesPerUnit, 64, "all others",
            because: "As many keep the memory busy, and a batch takes about two seconds."
        ) { _, _ in true },
        DefaultRow(
            .cryptoNight, .groupLoop, 1, "CPUs", because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .cryptoNight, .groupLoop, 16, "all others",
            because: "Small groups spread the hashes evenly over the units. The memory is the limit, not instructions."
        ) { _, _ in true },
        DefaultRow(
            .cryptoNight, .tableBanks, 32, "NVIDIA",
            because: "A look-up takes one pass of local memory instead of three. The tables take 32 KiB of 48."
        ) { limits, _ in CryptoNightLaunch.hasBanks(limits) },
        DefaultRow(
            .cryptoNight, .tableBanks, 1, "all others",
            because: "Other GPUs have other banks. By the model AMD's lose, because instructions are their limit there."
        ) { _, _ in true },
        DefaultRow(
            .cryptoNight, .reciprocals, 0, "CPUs", because: "They have an instruction that divides."
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .cryptoNight, .reciprocals, 1, "all others",
            because: "They have none: a division is about a hundred of their instructions."
        ) { _, _ in true },

        DefaultRow(
            .sha256d, .hashesPerUnit, 1 << 22, "CPUs", because: "A batch takes about a second."
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .sha256d, .hashesPerUnit, 1 << 25, "all others",
            because: "A batch takes about half a second on large devices."
        ) { _, _ in true },
        DefaultRow(
            .sha256d, .multiply, 1, "NVIDIA, compute capability 7 to 9",
            because: "They rotate and add in one unit, and multiply in another: both are busy then."
        ) { limits, _ in (7...9).contains(limits.computeCapability) },
        DefaultRow(
            .sha256d, .multiply, 0, "all others", because: "Adding takes fewer instructions."
        ) { _, _ in true },

        DefaultRow(
            .scrypt, .hashesPerUnit, 64, "CPUs",
            because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .scrypt, .hashesPerUnit, 256, "all others",
            because: "A hash is bound by arithmetic as long as enough of them are in flight."
        ) { _, _ in true },
        DefaultRow(
            .scrypt, .groupLoop, 1, "CPUs", because: inTurn
        ) { limits, _ in limits.kind == .cpu },
        DefaultRow(
            .scrypt, .groupLoop, 64, "all others",
            because: "The scratchpads of 64 hashes alternate by rows, so that a group stores whole pieces of memory."
        ) { _, _ in true },
    ]
}

extension DeviceLimits {
    /// Whether no other device uses its memory.
    fileprivate var hasOwnMemory: Bool { kind != .cpu && !sharesMemory }

    /// The most bytes that scratchpads, and RandomX's cache and dataset, may take.
    var budget: UInt64 {
        if let row = DefaultRow.row(.all, .memoryLeft, self) { return memory - UInt64(row.value) << 30 }
        return memory / 100 * UInt64(DefaultRow.value(.all, .memoryPercent, self))
    }
}
