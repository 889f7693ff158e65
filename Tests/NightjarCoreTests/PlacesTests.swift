import Foundation
import NightjarCore
import TestSupport
import Testing

/// In how many places an algorithm and a family stand, counted in the sources.
@Suite(.timeLimit(.minutes(1))) struct PlacesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The Swift files of `folder`, by their paths below the root.
    private static func files(_ folder: String) throws -> [(path: String, text: String)] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
        return try names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
            ("\(folder)/\(name)", try String(contentsOf: root.appending(path: "\(folder)/\(name)"), encoding: .utf8))
        }
    }

    /// What a vector file says is generated into these.
    private static let generated = ["KnownAnswerRows.swift", "KnownChecksums.swift"]

    /// A variant is a catalog entry and its vectors: its name stands once in the sources, and once more where code has
    /// a name for it, which it need not.
    @Test func aVariantStandsInOnePlace() throws {
        let sources = try Self.files("Sources").filter { file in
            !Self.generated.contains { file.path.hasSuffix("/" + $0) }
        }
        var once = 0
        for algorithm in Catalog.all {
            let places = sources.flatMap { file in
                [String](repeating: file.path, count: file.text.components(separatedBy: "\"\(algorithm)\"").count - 1)
            }
            let catalog = places.filter { $0.hasSuffix("Catalog.swift") }
            #expect(catalog.count { $0 != "Sources/NightjarCore/Catalog.swift" } == 1, "\(algorithm): \(places)")
            // Elsewhere only as an example of a name, or as what somebody else calls it.
            if places.count == 1 { once += 1 }
        }
        #expect(once >= 10, "most variants have no name in code")
    }

    /// Every variant has its vectors and its checksums.
    @Test func aVariantHasVectors() throws {
        for algorithm in Catalog.all {
            #expect(try !Vectors.hashes(algorithm.name).isEmpty, "\(algorithm)")
            #expect(try !Vectors.checksums(algorithm.name).isEmpty, "\(algorithm)")
        }
    }

    /// Outside a family's own folders nothing asks what family an algorithm is of.
    @Test func nothingSwitchesOnTheFamily() throws {
        let question = try Regex(
            #"(as\?|is) (CryptoNight|RandomX|SHA256d|Scrypt)Parameters|case \.?(let )?\.?(cryptonight|randomx)\b"#)
        for file in try Self.files("Sources")
        where !["CryptoNight", "RandomX", "SHA256d", "Scrypt"].contains(where: { file.path.contains("/\($0)/") }) {
            for line in file.text.split(separator: "\n") {
                #expect(!line.contains(question), "\(file.path): \(line)")
            }
        }
    }

    /// A backend traps on parameters that no code was written for, so that nothing public makes them: not an algorithm,
    /// and not a family's parameters.
    @Test func onlyTheCatalogMakesAlgorithms() throws {
        let files = try Self.files("Sources/NightjarCore").filter {
            $0.path.hasSuffix("Parameters.swift") || $0.path.hasSuffix("Catalog.swift")
                || $0.path.hasSuffix("/Algorithm.swift")
        }
        #expect(files.count == 11)
        for file in files { #expect(!file.text.contains("public init"), "\(file.path)") }
    }

    /// A version that is written twice is wrong after the next release.
    @Test func theVersionStandsInOnePlace() throws {
        let places = try Self.files("Sources").filter { file in
            file.text.split(separator: "\n").contains { line in
                !line.drop { $0 == " " }.hasPrefix("//") && line.contains(Version.number)
            }
        }
        #expect(places.map(\.path) == ["Sources/NightjarCore/Version.swift"])
    }

    /// Two names for one algorithm, or one name for two, would be an entry that can't be reached.
    @Test func namesAreUnique() {
        #expect(Set(Catalog.all.map(\.name)).count == Catalog.all.count)
        for algorithm in Catalog.all { #expect(Catalog.algorithm(named: algorithm.name.uppercased()) == algorithm) }
        for named in [
            Algorithm.cn0, .cn1, .cn2, .cnR, .cnUpx2, .cnGPU, .cnLite1, .cnHeavy0, .cnPico, .cnPicoTlo, .rx0, .rx2,
            .rxWow,
            .rxArq, .rxYada, .sha256d, .scrypt,
        ] { #expect(Catalog.all.contains(named)) }
    }
}
