import Foundation
import TestSupport
import Testing

/// The script of the GPU bundle, with a program beside it that says `{}` to everything.
@Suite(.timeLimit(.minutes(5))) struct GPUReportTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scripts/gpu-report.sh").path

    /// Runs the script in a folder of its own, after the command `before`.
    private static func run(_ before: String, _ arguments: String = "") async throws -> (code: Int32, folder: String) {
        let folder = NSTemporaryDirectory() + "nightjar-report-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/bundle", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: script, toPath: folder + "/bundle/report.sh")
        let program = "#!/bin/sh\necho '{}'\n"
        #expect(
            FileManager.default.createFile(
                atPath: folder + "/bundle/nightjar", contents: Data(program.utf8),
                attributes: [.posixPermissions: 0o755]))
        let command = "umask 022; cd '\(folder)' && echo all >victim && \(before) sh bundle/report.sh -n \(arguments)"
        let process = try ChildProcess(
            ["/bin/sh", "-c", command],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder, "OCL_ICD_VENDORS": folder],
            files: ("/dev/null", folder + "/out", folder + "/err"))
        let end = try await process.wait(timeout: 120)
        guard case .exited(let code) = end else {
            Issue.record("\(String(describing: end))")
            return (-1, folder)
        }
        return (code, folder)
    }

    private static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    @Test func itIsANewFile() async throws {
        for name in ["report.json", "other"] {
            let (code, folder) = try await Self.run("", name == "other" ? "-o other" : "")
            defer { try? FileManager.default.removeItem(atPath: folder) }
            #expect(code == 0 && Self.text(folder + "/err") == "", "\(Self.text(folder + "/err"))")
            let report = try JSONSerialization.jsonObject(with: Data(Self.text("\(folder)/\(name)").utf8))
            #expect((report as? [String: Any])?["bench"] != nil && permissions("\(folder)/\(name)") == 0o644)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 5, "nothing else is left")
        }
    }

    @Test(arguments: [
        "ln -s victim report.json;", "ln -s missing report.json;", "ln -s /dev/null report.json;",
        "ln victim report.json;", "echo older >report.json;", "mkfifo report.json;", "mkdir report.json;",
    ])
    func whatIsThereStays(_ before: String) async throws {
        let (code, folder) = try await Self.run(before)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let words = "error: report.json: it is there already; name a new file with -o\n"
        #expect(code == 1 && Self.text(folder + "/err") == words && Self.text(folder + "/out") == "")
        #expect(Self.text(folder + "/victim") == "all\n" && permissions(folder + "/missing") == nil)
        if before.contains("older") { #expect(Self.text(folder + "/report.json") == "older\n") }
    }

    /// A link that comes while it measures is replaced, and not followed.
    @Test func aLinkThatComesLaterIsReplaced() async throws {
        let (code, folder) = try await Self.run(
            #"printf '#!/bin/sh\nln -sf victim report.json\necho "{}"\n' >bundle/nightjar;"#)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(code == 0 && Self.text(folder + "/victim") == "all\n")
        #expect(Self.text(folder + "/report.json").contains("tuned"))
    }
}
