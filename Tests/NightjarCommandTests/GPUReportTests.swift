import Foundation
import TestSupport
import Testing

/// The scripts of the GPU bundle, with a program beside them that says `{}` to everything, or pretends to be a GPU's.
@Suite(.timeLimit(.minutes(5))) struct GPUReportTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs the script in a folder of its own, after the command `before`.
    private static func run(
        _ before: String, _ arguments: String = "", program: String = "#!/bin/sh\necho '{}'\n"
    ) async throws -> (code: Int32, folder: String) {
        let folder = NSTemporaryDirectory() + "nightjar-report-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/bundle", withIntermediateDirectories: true)
        for (name, place) in [
            ("gpu-report.sh", "report.sh"), ("gpu-quick.sh", "quick.sh"), ("gpu-predictions.txt", "predictions.txt"),
        ] {
            try FileManager.default.copyItem(
                at: root.appending(path: "Scripts/\(name)"), to: URL(filePath: "\(folder)/bundle/\(place)"))
        }
        #expect(
            FileManager.default.createFile(
                atPath: folder + "/bundle/nightjar", contents: Data(program.utf8),
                attributes: [.posixPermissions: 0o755]))
        let command = "umask 022; cd '\(folder)' && echo all >victim && \(before) sh bundle/report.sh -n \(arguments)"
        let process = try ChildProcess(
            ["/bin/sh", "-c", command],
            environment: [
                "PATH": "/usr/bin:/bin", "HOME": folder, "OCL_ICD_VENDORS": folder, "TMPDIR": folder + "/bundle",
            ],
            files: ("/dev/null", folder + "/out", folder + "/err"))
        let end = try await process.wait(timeout: 120)
        switch end {
        case .exited(let code): return (code, folder)
        case .killed(let signal): return (-signal, folder)
        case nil:
            Issue.record("the script does not end")
            return (1, folder)
        }
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

    // MARK: --quick

    /// A program with an H200 of 132 units. `command` runs before each benchmark, whose arguments are "$*".
    private static func h200(_ command: String = ":") -> String {
        #"""
        #!/bin/sh
        gpu='{"id":"opencl:1.0","kind":"gpu","name":"NVIDIA H200","computeUnits":132,"memory":151397597184'
        probe='{"footprint":67108864,"workItems":8448,"accessesPerSecond":9.5e9}'
        probe="$probe"',{"footprint":17179869184,"workItems":8448,"accessesPerSecond":6500000000}'
        case "$*" in
        *devices*) echo '[{"id":"cpu","name":"cpu"},'"$gpu"',"measured":{"random":['"$probe"']}}]' ;;
        *none=0*) echo '{"error":"has no setting; it has batch 67584, groupLoop 32, ptx 1, streams 1"}' ;;
        *)
            \#(command)
            echo '{"results":[{"hashrate":5500,"setupSeconds":9,"datasetSeconds":0.25}]}'
            ;;
        esac
        """#
    }

    private static func steps(_ folder: String) throws -> (complete: Bool?, steps: [[String: Any]]) {
        let report = try JSONSerialization.jsonObject(with: Data(text(folder + "/report.json").utf8))
        let object = try #require(report as? [String: Any])
        #expect(object["device"] as? String == "opencl:1.0" && object["predictionsFor"] as? String == "H200")
        return (object["complete"] as? Bool, try #require(object["steps"] as? [[String: Any]]))
    }

    @Test func predictionsStandBesideWhatIsMeasured() async throws {
        let (code, folder) = try await Self.run("", "--quick", program: Self.h200())
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(code == 0 && Self.text(folder + "/err") == "", "\(Self.text(folder + "/err"))")
        let (complete, steps) = try Self.steps(folder)
        #expect(complete == true)
        let numbers = steps.map { ($0["name"] as? String ?? "", $0["measured"] as? Double, $0["predicted"] as? Double) }
        #expect(numbers.contains { $0 == ("random accesses of 64 bytes, read and written", 6.5, 13) }, "\(numbers)")
        #expect(numbers.contains { $0 == ("dataset", 0.25, 0.2) }, "\(numbers)")
        #expect(numbers.contains { $0 == ("rx/0 batch=96 a unit, groupLoop=32", 5.5, 6.4) }, "\(numbers)")
        #expect(numbers.contains { $0 == ("rx/0 streams=2, groupLoop=32", 5.5, 14) }, "\(numbers)")
        #expect(numbers.allSatisfy { $0.1 != nil && $0.2 != nil }, "every row has a prediction: \(numbers)")
        let lines = Self.text(folder + "/out").split(separator: "\n")
        #expect(lines.contains { $0.hasSuffix(" 6.5 G/s, predicted 13: 0.50 times") }, "\(lines)")
        #expect(lines.contains("  such memory allows 10400 H/s of rx/0 and 6190 H/s of cn/r"), "\(lines)")
    }

    @Test func whatThereIsNoTimeForIsNamed() async throws {
        let (_, folder) = try await Self.run("", "--quick -s 2", program: Self.h200("exec sleep 60"))
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (complete, steps) = try Self.steps(folder)
        #expect(complete == true && steps.count > 15)
        #expect(steps.dropFirst().allSatisfy { $0["measured"] is NSNull && $0["result"] is NSNull })
    }

    @Test func anInterruptedRunLeavesWhatItHas() async throws {
        let program = Self.h200(#"case "$*" in *batch=12672*) kill -9 "$(cat "$(dirname "$0")/../id")" ;; esac"#)
        let (code, folder) = try await Self.run("echo $$ >id && exec", "--quick", program: program)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(code == -9)
        let (complete, steps) = try Self.steps(folder)
        #expect(complete == false && steps.count == 8, "memory, the dataset, one of each family, and two groups")
    }

    @Test func thePageHasTheSamePredictions() throws {
        func lines(_ path: String) throws -> [Substring] {
            try String(contentsOf: Self.root.appending(path: path), encoding: .utf8).split(separator: "\n")
        }
        let page = Set(try lines("docs/gpu-predictions.md"))
        for row in try lines("Scripts/gpu-predictions.txt") where !row.hasPrefix("#") && !row.hasPrefix("device name") {
            let cells = row.split(separator: "|", omittingEmptySubsequences: false)
            #expect(cells.count == 10 && page.contains("| \(cells.joined(separator: " | ")) |"), "\(row)")
        }
    }
}
