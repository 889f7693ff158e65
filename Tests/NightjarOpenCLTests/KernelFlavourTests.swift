import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarOpenCL
import Testing

/// `Kernels/flavours.json` says what the host compiles for GPUs: each program of each algorithm, with its definitions.
/// Compilers other than the driver's read it: those of `Kernels/lint.sh` and `Scripts/vendor-compilers.py`. So what they
/// check is what is launched.
@Suite("Kernel flavours", .timeLimit(.minutes(5)))
struct KernelFlavourTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("Kernels/flavours.json is what the host compiles")
    func committed() throws {
        let wanted = try KernelFlavours.json()
        let file = Self.root.appendingPathComponent("Kernels/flavours.json")
        guard try String(contentsOf: file, encoding: .utf8) != wanted else { return }
        let new = Self.root.appendingPathComponent(".build/flavours.json")
        try wanted.write(to: new, atomically: true, encoding: .utf8)
        Issue.record("out of date; cp .build/flavours.json Kernels/flavours.json, if that is meant")
    }

    @Test("It has every source that the host names")
    func everySource() throws {
        let folder = Self.root.appendingPathComponent("Sources/NightjarOpenCL")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var named: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /"([A-Za-z0-9]+\/[A-Za-z0-9]+\.cl)"/) { named.insert(String(match.1)) }
        }
        let listed = try Algorithm.all.flatMap { try KernelFlavours.programs($0).map(\.source) }
        #expect(named.count > 5)
        #expect(named == Set(listed))
    }
}
