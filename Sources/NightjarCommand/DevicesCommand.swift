import ArgumentParser
import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

struct DevicesCommand: Subcommand {
    static let configuration = CommandConfiguration(commandName: "devices", abstract: "List the devices that can hash.")

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Measure the OpenCL devices' memory, too: copying, and random accesses.")
    var measure = false

    func execute() async throws(CommandError) -> Int32 {
        let (all, faults) = Engine.allDevicesAndFaults()
        // A card that two drivers show is listed once; a fault tells of the other driver.
        let devices = all.filter { $0.sameAs == nil }
        for fault in faults { Output.standardError("warning: \(printable(fault))") }
        var measured: [DeviceID: MemoryMeasurement] = [:]
        if measure {
            let engine = try CommandError.engine(devices: nil, warns: false)
            for device in devices where device.id != .cpu && device.unusable == nil {
                do { measured[device.id] = try await engine.measureMemory(of: device.id) } catch {
                    throw CommandError(.failed, "\(error)")
                }
            }
        }
        guard !json else {
            // An object without an id for each fault: who looks for devices by their ids finds the devices alone.
            let lines = faults.map {
                JSON.object([.init("id", .null), .init("kind", .string("fault")), .init("fault", .string($0))])
            }
            try Output.line(JSON.array(devices.map { $0.json(measured[$0.id]) } + lines).description)
            return 0
        }
        for device in devices {
            let memory = PlainText.fixed(Double(device.memory) / Double(1 << 30), 1)
            try Output.line("\(device.id)  \(device.name)")
            try Output.line(
                "    \(device.kind.rawValue), \(device.computeUnits) compute units, \(memory) GiB, "
                    + (device.fp64 ? "64-bit floating point" : "no 64-bit floating point"))
            try Output.line("    \(device.platform), \(device.driver)")
            if let reason = device.unusable { try Output.line("    cannot be used: \(reason)") }
            for line in measured[device.id]?.lines ?? [] { try Output.line("    \(line)") }
        }
        return 0
    }
}

extension Device {
    /// The device's object in `devices --json`.
    fileprivate func json(_ measured: MemoryMeasurement?) -> JSON {
        var fields: [JSON.Field] = [
            .init("id", .string(id.description)), .init("kind", .string(kind.rawValue)), .init("name", .string(name)),
            .init("platform", .string(platform)), .init("driver", .string(driver)),
            .init("computeUnits", .integer(Int64(computeUnits))), .init("memory", .unsigned(memory)),
            .init("fp64", .bool(fp64)),
        ]
        if let unusable { fields.append(.init("unusable", .string(unusable))) }
        if let measured { fields.append(.init("measured", measured.json)) }
        return .object(fields)
    }
}

extension MemoryMeasurement {
    fileprivate var json: JSON {
        .fields([
            "copyBytesPerSecond": .number(copyBytesPerSecond),
            "integersPerSecond": integersPerSecond.map(JSON.number) ?? .null,
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
        ["copy: \(PlainText.fixed(copyBytesPerSecond / 1e9, 1)) GB/s read and written"]
            + [integersPerSecond.map { "32-bit integers: \(PlainText.fixed($0 / 1e9, 1)) G operations/s" }].compactMap(
                \.self)
            + random.map {
                "random 64-byte lines over \($0.footprint >> 20) MiB by \($0.workItems) work-items: "
                    + "\(PlainText.fixed($0.accessesPerSecond / 1e9, 3)) G/s"
            }
    }
}
