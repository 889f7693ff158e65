import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner

struct Devices: Subcommand {
    static let configuration = CommandConfiguration(abstract: "List the devices that can hash.")

    @Flag(help: "Print JSON.")
    var json = false

    func execute() async throws(Failure) -> Int32 {
        let devices = Engine.allDevices()
        guard !json else {
            try Output.line(JSON.array(devices.map(\.json)).description)
            return 0
        }
        for device in devices {
            let memory = HumanReporter.fixed(Double(device.memory) / Double(1 << 30), 1)
            try Output.line("\(device.id)  \(device.name)")
            try Output.line("    \(device.kind.rawValue), \(device.computeUnits) compute units, \(memory) GiB, "
                + (device.fp64 ? "64-bit floating point" : "no 64-bit floating point"))
            try Output.line("    \(device.platform), \(device.driver)")
        }
        return 0
    }
}

extension Device {
    /// As `devices --json` lists it.
    fileprivate var json: JSON {
        .fields([
            "id": .string(id.description), "kind": .string(kind.rawValue), "name": .string(name),
            "platform": .string(platform), "driver": .string(driver), "computeUnits": .integer(Int64(computeUnits)),
            "memory": .unsigned(memory), "fp64": .bool(fp64),
        ])
    }
}

struct Algorithms: Subcommand {
    static let configuration = CommandConfiguration(abstract: "List the algorithms that this build runs, and on what.")

    @Flag(help: "Print JSON.")
    var json = false

    func execute() async throws(Failure) -> Int32 {
        guard !json else {
            try Output.line(JSON.array(Catalog.all.map(\.json)).description)
            return 0
        }
        let widest = Catalog.all.map(\.name.count).max() ?? 0
        for algorithm in Catalog.all {
            let needs = algorithm.needs.isEmpty ? "" : ", needs a \(algorithm.needs.map(\.rawValue).joined(separator: " and a "))"
            let name = algorithm.name + String(repeating: " ", count: widest + 1 - algorithm.name.count)
            try Output.line(
                "\(name)\(algorithm.family.name), \(algorithm.memory >> 10) KiB a hash in flight\(needs); "
                    + "runs on \(algorithm.backends.joined(separator: ", "))")
        }
        return 0
    }
}

extension Algorithm {
    /// The kinds of device that this build can run the algorithm on, given one that is able to.
    var backends: [String] {
        switch family {
        case .cryptonight, .randomx: ["cpu", "opencl"]
        }
    }

    /// As `algorithms --json` lists it.
    fileprivate var json: JSON {
        .fields([
            "name": .string(name), "family": .string(family.name), "memory": .integer(Int64(memory)),
            "needs": .array(needs.map { .string($0.rawValue) }), "backends": .array(backends.map(JSON.string)),
        ])
    }
}
