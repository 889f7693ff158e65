import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarOpenCL
import Testing

@Suite("Kernel sources", .timeLimit(.minutes(20)))
struct SourceTests {
    /// Headers of Shared need not be in the table: some serve the host alone. The next test finds a missing one.
    @Test("The table has every kernel source, and each as it is on disk")
    func embedded() throws {
        let kernels = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Kernels")
        for folder in ["Primitives", "CryptoNight", "RandomX", "SHA256d", "Scrypt"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: kernels.appendingPathComponent(folder).path
            ).filter { $0.hasSuffix(".cl") }
            #expect(names.count > 3)
            for name in names {
                #expect(KernelSources.embedded.keys.contains("\(folder)/\(name)"), "\(folder)/\(name) in KernelTable.c")
            }
        }
        for (path, text) in KernelSources.embedded {
            let onDisk = try String(contentsOf: kernels.appendingPathComponent(path), encoding: .utf8)
            // Not the texts themselves: a failure would print them.
            let same = text == onDisk
            #expect(same, "\(path)")
        }
    }

    @Test("Every source includes only files that exist")
    func closed() throws {
        let resolver = IncludeResolver(files: KernelSources.embedded)
        for path in KernelSources.embedded.keys { #expect(throws: Never.self) { try resolver.flatten(path) } }
    }

    @Test("Each file once, each line under its own name and number")
    func flatten() throws {
        let resolver = IncludeResolver(files: [
            "A/main.cl": "first\n#include \"B/b.cl\"\n  #  include \"near.cl\" // why\nlast",
            "B/b.cl": "#include \"A/near.cl\"\nb\n", "A/near.cl": "near\n#include <never>",
        ])
        #expect(
            try resolver.flatten("A/main.cl") == """
                #line 1 "A/main.cl"
                first
                #line 1 "B/b.cl"
                #line 1 "A/near.cl"
                near
                #include <never>
                #line 2 "B/b.cl"
                b

                #line 3 "A/main.cl"
                #line 4 "A/main.cl"
                last

                """)
    }

    @Test("A missing file is named, with the line that includes it")
    func missing() {
        let resolver = IncludeResolver(files: ["A/a.cl": "\n\n#include \"gone.cl\"\n"])
        #expect { try resolver.flatten("A/a.cl") } throws: { "\($0)" == "A/a.cl:3: no kernel source gone.cl" }
        #expect { try resolver.flatten("B.cl") } throws: { "\($0)" == "no kernel source B.cl" }
    }

    @Test("The prelude has the catalog's parameters")
    func prelude() throws {
        let device = try Fixture.device()
        guard let parameters = Algorithm.cn2.parameters as? CryptoNightParameters else { return #expect(Bool(false)) }
        let launch = try CryptoNightLaunch(parameters, within: device.limits)
        let text = Prelude(parameters, launch: launch).text
        for line in [
            "#define NJ_CN_BASE 2\n", "#define NJ_CN_MEMORY 2097152\n",
            "#define NJ_CN_MASK 2097136u\n", "#define NJ_GROUP_LOOP \(launch.groupLoop)\n",
        ] { #expect(text.contains(line), "\(line)") }
        // Each feature by its own name.
        let names: [(CryptoNightParameters.Features, String)] = [
            (.linkedStore, "LINKED_STORE"), (.reversedShuffle, "REVERSED_SHUFFLE"), (.floatFeedback, "FLOAT_FEEDBACK"),
            (.heavy, "HEAVY"), (.complementedDivisor, "COMPLEMENTED_DIVISOR"), (.chainedRound, "CHAINED_ROUND"),
        ]
        for (feature, _) in names {
            let parameters = CryptoNightParameters(
                base: .v0, features: feature, memory: 4096, iterations: 1, mask: 0xFF0)
            let text = Prelude(parameters, launch: launch).text
            for (other, name) in names {
                #expect(text.contains("#define NJ_CN_\(name) \(other == feature ? 1 : 0)\n"))
            }
        }
    }

    @Test("cn/r's program as statements")
    func randomMath() {
        for height in [1, 1_806_260, 2_093_471] as [UInt64] {
            let program = RandomMath(height: height)
            let statements = program.openCLStatements.split(separator: ";")
            #expect(statements.count == program.instructions.count)
            for (statement, instruction) in zip(statements, program.instructions) {
                #expect(statement.hasPrefix("r\(instruction.dst)"))
                #expect(statement.contains("r\(instruction.src)"))
                #expect((instruction.opcode == .add) == statement.hasSuffix("+\(instruction.constant)u"))
            }
        }
    }

    @Test(
        "A kernel refuses to be compiled without a parameter, and says which, where",
        arguments: [
            "NJ_CN_BASE", "NJ_CN_LINKED_STORE", "NJ_CN_REVERSED_SHUFFLE", "NJ_CN_FLOAT_FEEDBACK", "NJ_CN_HEAVY",
            "NJ_CN_COMPLEMENTED_DIVISOR", "NJ_CN_CHAINED_ROUND", "NJ_CN_RECIPROCALS", "NJ_CN_TABLE_BANKS",
            "NJ_CN_MEMORY", "NJ_CN_MASK", "NJ_CN_UNROLL",
            "NJ_STATE_WORDS",
            "NJ_PAD_INTERLEAVE", "NJ_GROUP_HASH", "NJ_GROUP_FILL", "NJ_GROUP_LOOP", "NJ_CN_RANDOM_MATH",
        ])
    func undefined(_ name: String) throws {
        guard let parameters = Algorithm.cnR.parameters as? CryptoNightParameters else { return #expect(Bool(false)) }
        for device in [try Fixture.device()] {
            let launch = try CryptoNightLaunch(parameters, within: device.limits)
            var prelude = Prelude(parameters, launch: launch)
            prelude.definitions.append(("NJ_CN_RANDOM_MATH", ""))
            prelude.definitions.removeAll { $0.name == name }
            let runtime = try Fixture.backend.runtime(of: device)
            #expect {
                try runtime.program("CryptoNight/MainLoop.cl", prelude: prelude)
            } throws: { error in
                guard let failure = error as? BuildFailure else { return false }
                let file = name == "NJ_CN_RANDOM_MATH" ? "MainLoop.cl" : "Parameters.cl"
                return failure.log.contains("\(name) is not defined") && failure.log.contains("CryptoNight/\(file)")
            }
        }
    }
}
