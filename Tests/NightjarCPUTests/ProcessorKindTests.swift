import NightjarAlgorithms
import NightjarCPU
import Testing

/// Where lanes begin to compare widths on the processors that were measured.
@Suite(.timeLimit(.minutes(10))) struct ProcessorKindTests {
    @Test(arguments: [
        (family: 25, model: 1, name: "Zen 3"), (25, 33, "Zen 3"), (25, 80, "Zen 3"), (25, 17, "Zen 4"),
        (25, 97, "Zen 4"),
        (25, 116, "Zen 4"), (26, 2, "Zen 5"), (26, 68, "Zen 5"), (26, 80, "other"), (23, 49, "other"),
    ])
    func isKnownByItsNumbers(family: Int, model: Int, name: String) {
        #expect(ProcessorKind.kind(vendor: "AuthenticAMD", family: family, model: model).name == name)
        #expect(ProcessorKind.kind(vendor: "GenuineIntel", family: family, model: model).name == "other")
    }

    @Test func intelsNumbersAreItsOwn() {
        for model in [143, 207] {
            let kind = ProcessorKind.kind(vendor: "GenuineIntel", family: 6, model: model)
            #expect(kind.name == "Golden Cove server" && kind.itemsPassL2)
        }
        #expect(ProcessorKind.kind(vendor: "GenuineIntel", family: 6, model: 151).name == "other")
        #expect(ProcessorKind.kind(vendor: "AuthenticAMD", family: 6, model: 143).name == "other")
    }

    /// Each number is a width that lanes can have.
    @Test func theTableIsSound() {
        #expect(Set(ProcessorKind.all.map(\.name)).count == ProcessorKind.all.count)
        for kind in ProcessorKind.all + [.other] {
            #expect((1...CryptoNightHasher.widest).contains(kind.cryptoNight), "\(kind.name)")
            #expect((1...CryptoNightHasher.widest).contains(kind.cryptoNightR), "\(kind.name)")
            #expect((1...RandomXCompiledHasher.mostMachines).contains(kind.randomX), "\(kind.name)")
            #expect((1...RandomXCompiledHasher.mostMachines).contains(kind.randomXEarly), "\(kind.name)")
        }
    }
}
