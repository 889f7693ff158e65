/// What has been measured on a kind of processor: where lanes begin to compare widths (see ``WidthWatch``), and what cannot be
/// compared by short runs.
///
/// A width here only has the first batches, because rates decide, and there are fewer of the first batches when the
/// beginning is right. Codes that differ by instruction set are not here: they are compared by time before the first hash
/// (SHA-256d, copies of RandomX's programs), or chosen by what the processor has (scrypt, RandomX's light mode).
/// A kind that was never measured has no row.
package struct ProcessorKind: Sendable, Hashable {
    package let name: String
    private let vendor: String
    private let family: Int
    private let models: [ClosedRange<Int>]

    /// CryptoNight: without a random program, and with one.
    package let cryptoNight: Int
    package let cryptoNightR: Int
    /// RandomX with a dataset: version 1, and version 2, which names items one iteration earlier.
    package let randomX: Int
    package let randomXEarly: Int
    /// Whether RandomX's dataset items are prefetched past the second-level cache. Each is read once. Where that cache is as
    /// large as a scratchpad, items would drive the scratchpad out of it. That shows only with a whole dataset.
    package let itemsPassL2: Bool

    private init(
        name: String, vendor: String, family: Int, models: [ClosedRange<Int>], cryptoNight: Int, cryptoNightR: Int,
        randomX: Int, randomXEarly: Int, itemsPassL2: Bool = false
    ) {
        (self.name, self.vendor, self.family, self.models) = (name, vendor, family, models)
        (self.cryptoNight, self.cryptoNightR) = (cryptoNight, cryptoNightR)
        (self.randomX, self.randomXEarly, self.itemsPassL2) = (randomX, randomXEarly, itemsPassL2)
    }

    /// Every row's numbers are measurements, told in Benchmarks/README.md.
    package static let all = [
        // Three hashes are the fastest of those without a random program, two of those with one. Three RandomX machines gain
        // 6 to 9 % against one; version 2 loses with two.
        ProcessorKind(
            name: "Zen 3", vendor: "AuthenticAMD", family: 25, models: [0...15, 32...95], cryptoNight: 3,
            cryptoNightR: 2, randomX: 3, randomXEarly: 1),
        // By traces of widths beside other programs: three to six without a random program, two or three with one, four
        // machines of version 1 (3 % before three), two of version 2 (2 % before one).
        ProcessorKind(
            name: "Zen 4", vendor: "AuthenticAMD", family: 25, models: [16...31, 96...175], cryptoNight: 4,
            cryptoNightR: 3, randomX: 4, randomXEarly: 2),
        // Five hashes with a random program; two RandomX machines of version 2, four of version 1. Without a random program
        // nothing was measured by width: as on Zen 4.
        ProcessorKind(
            name: "Zen 5", vendor: "AuthenticAMD", family: 26, models: [0...47, 64...79, 96...127], cryptoNight: 4,
            cryptoNightR: 5, randomX: 4, randomXEarly: 2),
        // Sapphire Rapids and Emerald Rapids, with 2 MiB of second-level cache: four RandomX machines of version 1, two of
        // version 2. CryptoNight was not measured by width: as elsewhere.
        ProcessorKind(
            name: "Golden Cove server", vendor: "GenuineIntel", family: 6, models: [143...143, 207...207],
            cryptoNight: 4, cryptoNightR: 3, randomX: 4, randomXEarly: 2, itemsPassL2: true),
    ]

    /// Any other processor.
    package static let other = ProcessorKind(
        name: "other", vendor: "", family: -1, models: [], cryptoNight: 4, cryptoNightR: 3, randomX: 3, randomXEarly: 2)

    /// - Parameters: as the processor tells them.
    package static func kind(vendor: String, family: Int, model: Int) -> ProcessorKind {
        all.first { kind in
            kind.vendor == vendor && kind.family == family && kind.models.contains { $0.contains(model) }
        } ?? other
    }
}
