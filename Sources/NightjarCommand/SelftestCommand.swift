import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform

struct SelftestCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Check devices against known answers.",
        discussion: "Without -a and --device: every algorithm on every device that can run it.")

    @Option(name: .algorithm, help: ArgumentHelp("The algorithms.", valueName: "algo,…"))
    var algorithms: [String] = []

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all OpenCL devices.", valueName: "id,…"))
    var device: [String] = []

    func execute() async throws(CommandError) -> Int32 {
        let algorithms = try Names.algorithms(algorithms)
        let selectors = try Names.devices(device)
        let engine = try CommandError.engine(devices: selectors)
        let pairs = AlgorithmOnDevice.all(algorithms, engine, devicesNamed: selectors != nil)
        guard !pairs.isEmpty else { throw CommandError(.failed, "no device here runs any of the algorithms") }

        var faults: [String] = []
        for pair in pairs {
            let name = "\(pair.algorithm) on \(pair.device)"
            if case .unsupported(let reason) = engine.support(for: pair.algorithm, on: pair.device) {
                faults.append("\(name): \(reason)")
                try Output.line("\(name): cannot run: \(printable(reason))")
                continue
            }
            let result: Result<Int, NightjarError>
            do throws(NightjarError) {
                result = .success(try await engine.selftest(pair.algorithm, on: pair.device))
            } catch { result = .failure(error) }
            switch result {
            case .success(let count): try Output.line("\(name): passed, \(count) known answers")
            case .failure(let error):
                faults.append("\(name): \(error.reason)")
                try Output.line("\(name): failed: \(printable(error.reason))")
            }
        }
        guard faults.isEmpty else {
            throw CommandError(.failed, faults[0] + (faults.count > 1 ? ", and \(faults.count - 1) more" : ""))
        }
        return 0
    }
}
