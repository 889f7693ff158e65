import ArgumentParser
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner

struct Devices: Subcommand {
    static let configuration = CommandConfiguration(abstract: "List the devices that can hash.")

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Measure the OpenCL devices' memory, too: copying, and random accesses.")
    var measure = false

    func execute() async throws(Failure) -> Int32 {
        let devices = Engine.allDevices()
        var measured: [DeviceID: MemoryMeasurement] = [:]
        if measure {
            let engine = try Failure.engine(devices: nil)
            for device in devices where device.id != .cpu {
                do { measured[device.id] = try await engine.measureMemory(of: device.id) } catch {
                    throw Failure(.failed, "\(error)")
                }
            }
        }
        guard !json else {
            try Output.line(JSON.array(devices.map { $0.json(measured[$0.id]) }).description)
            return 0
        }
        for device in devices {
            let memory = HumanReporter.fixed(Double(device.memory) / Double(1 << 30), 1)
            try Output.line("\(device.id)  \(device.name)")
            try Output.line(
                "    \(device.kind.rawValue), \(device.computeUnits) compute units, \(memory) GiB, "
                    + (device.fp64 ? "64-bit floating point" : "no 64-bit floating point"))
            try Output.line("    \(device.platform), \(device.driver)")
            for line in measured[device.id]?.lines ?? [] { try Output.line("    \(line)") }
        }
        return 0
    }
}

extension Device {
    /// As `devices --json` lists it.
    fileprivate func json(_ measured: MemoryMeasurement?) -> JSON {
        var fields: [JSON.Field] = [
            .init("id", .string(id.description)), .init("kind", .string(kind.rawValue)), .init("name", .string(name)),
            .init("platform", .string(platform)), .init("driver", .string(driver)),
            .init("computeUnits", .integer(Int64(computeUnits))), .init("memory", .unsigned(memory)),
            .init("fp64", .bool(fp64)),
        ]
        if let measured { fields.append(.init("measured", measured.json)) }
        return .object(fields)
    }
}

extension MemoryMeasurement {
    fileprivate var json: JSON {
        .fields([
            "copyBytesPerSecond": .number(copyBytesPerSecond),
            "random": .array(
                random.map {
                    .fields([
                        "footprint": .unsigned($0.footprint), "workItems": .integer(Int64($0.workItems)),
                        "accessesPerSecond": .number($0.accessesPerSecond),
                    ])
                }),
        ])
    }

    fileprivate var lines: [String] {
        ["copy: \(HumanReporter.fixed(copyBytesPerSecond / 1e9, 1)) GB/s read and written"]
            + random.map {
                "random 64-byte lines over \($0.footprint >> 20) MiB by \($0.workItems) work-items: "
                    + "\(HumanReporter.fixed($0.accessesPerSecond / 1e9, 3)) G/s"
            }
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
            let needs =
                algorithm.needs.isEmpty
                ? "" : ", needs a \(algorithm.needs.map(\.rawValue).joined(separator: " and a "))"
            let name = algorithm.name + String(repeating: " ", count: widest + 1 - algorithm.name.count)
            try Output.line(
                "\(name)\(algorithm.family), \(algorithm.memory >> 10) KiB a hash in flight\(needs); "
                    + "runs on \(algorithm.backends.joined(separator: ", "))")
        }
        return 0
    }
}

extension Algorithm {
    /// As `algorithms --json` lists it.
    fileprivate var json: JSON {
        .fields([
            "name": .string(name), "family": .string(family), "memory": .integer(Int64(memory)),
            "needs": .array(needs.map { .string($0.rawValue) }), "backends": .array(backends.map(JSON.string)),
        ])
    }
}
