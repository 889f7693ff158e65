import NightjarAlgorithms
import NightjarCore
import NightjarOpenCL
import Testing

/// What the host compiles for GPUs.
enum KernelFlavours {
    struct Program {
        let source: String
        let prelude: Prelude
        /// Those of the launch that differ from the device's defaults.
        let settings: [(name: String, value: Int)]
    }

    /// A GPU with memory for everything, whose compiler accepts every vendor's statements.
    private static let limits = DeviceLimits(
        kind: .gpu, computeUnits: 64, memory: 1 << 36, maxAllocation: 1 << 34, maxGroup: 1024, fp64: true,
        acceptsPTX: true, acceptsGCN: true)

    /// The programs of an algorithm: by default first, then with each of the settings that change code.
    static func programs(_ algorithm: Algorithm) throws -> [Program] {
        switch algorithm.parameters {
        case let parameters as CryptoNightParameters:
            // Also the default of GPUs that are not NVIDIA's.
            let others = [("tableBanks", 1), ("groupFill", 64)]
            let choices = [[], others, [("interleave", 4), ("unroll", 2)] + others]
            return try programs(algorithm, choices: choices) { programs(parameters, $0) }
        case let parameters as RandomXParameters:
            let roundings = [[("ptx", 1)], [("ptx", 0)], [("ptx", 0), ("gcn", 1)]]
            let choices = [1, 2, 0].flatMap { streams in roundings.map { [("streams", streams)] + $0 } }
            return try programs(algorithm, choices: choices) { programs(parameters, $0) }
        case is SHA256dParameters:
            let choices = all([("width", [1, 2, 4, 8, 16]), ("unroll", [1, 0]), ("multiply", [0, 1])])
            return try programs(algorithm, choices: choices) { (launch: SHA256dLaunch) in
                ["SHA256d/Scan.cl", "SHA256d/Any.cl"].map { ($0, Prelude(launch)) }
            }
        case is ScryptParameters:
            return try programs(algorithm, choices: all([("gap", [1, 2, 4]), ("items", [1, 4])])) {
                (launch: ScryptLaunch) in [("Scrypt/Frame.cl", Prelude(launch))]
            }
        default:
            Issue.record("\(algorithm) is of a family without flavours")
            return []
        }
    }

    /// All combinations of values.
    private static func all(_ knobs: [(name: String, values: [Int])]) -> [[(String, Int)]] {
        knobs.reduce([[]]) { choices, knob in
            choices.flatMap { choice in knob.values.map { choice + [(knob.name, $0)] } }
        }
    }

    private static func programs<Launch: OpenCLLaunch>(
        _ algorithm: Algorithm, choices: [[(String, Int)]], _ make: (Launch) -> [(String, Prelude)]
    ) throws -> [Program] {
        let families = OpenCLFamilies.builtIn()
        let plain = try families.launch(algorithm, within: limits).settings
        return try choices.flatMap { choice in
            let settings = TuningSettings(Dictionary(uniqueKeysWithValues: choice))
            var limits = Self.limits
            // As AMD's devices have it, also where that is no setting.
            limits.acceptsPTX = settings["gcn"] != 1
            let launch = try #require(try families.launch(algorithm, within: limits, settings: settings) as? Launch)
            let changed = choice.filter { plain[$0.0] != $0.1 }
            return make(launch).map { Program(source: $0.0, prelude: $0.1, settings: changed) }
        }
    }

    private static func programs(
        _ parameters: CryptoNightParameters, _ launch: CryptoNightLaunch
    ) -> [(String, Prelude)] {
        let frame = Prelude(parameters, launch: launch)
        var loop = frame
        if parameters.base == .r {
            loop.definitions.append(("NJ_CN_RANDOM_MATH", RandomMath(height: 1_806_260).openCLStatements))
        }
        return [("CryptoNight/Frame.cl", frame), (parameters.mainLoopSource, loop)]
    }

    private static func programs(_ parameters: RandomXParameters, _ launch: RandomXLaunch) -> [(String, Prelude)] {
        let prelude = Prelude(parameters, launch: launch)
        let execute = [false, true].map { light in
            ("RandomX/Execute.cl", Prelude(parameters, launch: launch, light: light))
        }
        return [("RandomX/Frame.cl", prelude), ("RandomX/Dataset.cl", prelude)] + execute
    }

    /// As Kernels/flavours.json has it: a definition that all programs of an algorithm share is written once.
    static func json() throws -> String {
        let algorithms = try Algorithm.all.map { algorithm in
            let programs = try programs(algorithm)
            let shared = (programs.first?.prelude.definitions ?? []).filter { definition in
                programs.allSatisfy { $0.prelude.definitions.contains { $0 == definition } }
            }
            let rows = programs.map { program in
                let own = program.prelude.definitions.filter { definition in !shared.contains { $0 == definition } }
                return """
                          {"source": "\(program.source)", "settings": \(object(program.settings.map { ($0.name, "\($0.value)") })), \
                    "definitions": \(object(own.map(quoted)))}
                    """
            }
            return """
                    {
                      "name": "\(algorithm)",
                      "definitions": \(object(shared.map(quoted))),
                      "programs": [
                \(rows.joined(separator: ",\n"))
                      ]
                    }
                """
        }
        return """
            {
              "about": "What the host compiles for GPUs. KernelFlavourTests compares it, and writes a new one.",
              "algorithms": [
            \(algorithms.joined(separator: ",\n"))
              ]
            }

            """
    }

    private static func quoted(_ definition: (name: String, text: String)) -> (String, String) {
        (definition.name, "\"\(definition.text)\"")
    }

    /// - Parameter pairs: names, and JSON.
    private static func object(_ pairs: [(String, String)]) -> String {
        "{" + pairs.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }
}
