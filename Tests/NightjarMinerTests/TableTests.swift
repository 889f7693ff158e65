import Foundation
import Testing

/// What a proof of work or a language takes: a folder in each room, and a row in each table.
@Suite(.timeLimit(.minutes(1))) struct TableTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The files below a folder that end so, by their paths in it.
    private func files(_ folder: String, _ ending: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: Self.root.appending(path: folder).path)
            .filter { $0.hasSuffix(ending) }.sorted()
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// Outside of its own folders, each part is named in its table alone.
    @Test(arguments: [
        ("CryptoNightCatalog", "NightjarCore/Catalog.swift"), ("RandomXCatalog", "NightjarCore/Catalog.swift"),
        ("SHA256dCatalog", "NightjarCore/Catalog.swift"), ("ScryptCatalog", "NightjarCore/Catalog.swift"),
        ("CryptoNightCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("RandomXCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("SHA256dCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("ScryptCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("CryptoNightOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("RandomXOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("SHA256dOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("ScryptOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("= Dialects([.monero, .bitcoin])", "NightjarWire/Dialects/Dialects.swift"),
        ("= NodeDialects([.monero, .bitcoin])", "NightjarNode/NodeDialects.swift"),
    ])
    func eachPartIsNamedInItsTableAlone(_ name: String, _ table: String) throws {
        let own = ["CryptoNight", "RandomX", "SHA256d", "Scrypt", "Monero", "Bitcoin"]
        let places = try files("Sources", ".swift").filter { file in
            !file.split(separator: "/").contains { own.contains(String($0)) }
        }.flatMap { file in
            Array(repeating: file, count: try text("Sources/\(file)").ranges(of: name).count)
        }
        #expect(places == [table])
    }
}
