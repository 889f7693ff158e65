import Foundation
import NightjarCPU
import NightjarCore
import NightjarOpenCL
import Testing
import Toy

/// What a proof of work takes: a folder for each room, and a row for each table. Nothing else knows it.
@Suite(.timeLimit(.minutes(1))) struct ToyFilesTests {
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

    @Test func aFolderForEachRoom() throws {
        let files = try files("Tests/Toy", ".swift")
        #expect(
            files == [
                "Algorithms/ToyHash.swift",
                "CPU/ToyCPUFamily.swift",
                "Core/ToyParameters.swift",
                "OpenCL/ToyOpenCLFamily.swift",
                "Toy.swift",
            ])
        // Each folder is named after the room of Sources whose part it is.
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        for file in files where file.contains("/") {
            #expect(rooms.contains("Nightjar\(file.prefix { $0 != "/" })"), "\(file)")
        }
    }

    @Test func aRowInEachTable() {
        #expect(Toy.algorithms.count == Catalog.all.count + 1)
        #expect(Toy.cpuFamilies.count == CPUFamilies.builtIn.count + 1)
        #expect(Toy.openCLFamilies.rows.count == OpenCLFamilies.builtIn().rows.count + 1)
    }

    @Test func nothingElseKnowsIt() throws {
        for folder in ["Sources", "Kernels"] {
            for file in try [".swift", ".c", ".h", ".cl"].flatMap({ try files(folder, $0) }) {
                #expect(try text("\(folder)/\(file)").firstMatch(of: /(?i)\btoy/) == nil, "\(folder)/\(file)")
            }
        }
    }

    /// The same holds of what Nightjar has: outside of its own folders, each part is named in its table alone.
    @Test(arguments: [
        ("CryptoNightCatalog", "NightjarCore/Catalog.swift"), ("RandomXCatalog", "NightjarCore/Catalog.swift"),
        ("CryptoNightCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("RandomXCPUFamily", "NightjarCPU/CPUFamilies.swift"),
        ("CryptoNightOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("RandomXOpenCLFamily", "NightjarOpenCL/OpenCLFamilies.swift"),
        ("[.monero", "NightjarWire/Dialects/Dialects.swift"),
    ])
    func eachPartIsNamedInItsTableAlone(_ name: String, _ table: String) throws {
        let own = ["CryptoNight", "RandomX", "Monero"]
        let places = try files("Sources", ".swift").filter { file in
            !file.split(separator: "/").contains { own.contains(String($0)) }
        }.flatMap { file in
            Array(repeating: file, count: try text("Sources/\(file)").ranges(of: name).count)
        }
        #expect(places == [table])
    }
}
