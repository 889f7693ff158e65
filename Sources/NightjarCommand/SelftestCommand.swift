import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner

struct SelftestCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Check devices against known answers.",
        discussion: "Without -a and --device: every algorithm on every device that can run it.")

    @Option(name: .customShort("a"), help: ArgumentHelp("The algorithms.", valueName: "algo,…"))
    var algorithms: [String] = []

    @Option(help: ArgumentHelp("The devices: cpu, opencl:P.D, or opencl for all of these.", valueName: "id,…"))
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
            switch await engine.selftest(pair.algorithm, on: pair.device) {
            case .passed(let count): try Output.line("\(name): passed, \(count) known answers")
            case .failed(let reason):
                faults.append("\(name): \(reason)")
                try Output.line("\(name): failed: \(PlainText.printable(reason))")
            case .unsupported(let reason):
                faults.append("\(name): \(reason)")
                try Output.line("\(name): cannot run: \(PlainText.printable(reason))")
            }
        }
        guard faults.isEmpty else {
            throw CommandError(.failed, faults[0] + (faults.count > 1 ? ", and \(faults.count - 1) more" : ""))
        }
        return 0
    }
}
