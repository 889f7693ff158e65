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
        for (device, line) in zip(devices, StatusLine.table(devices.map(\.row), indent: "", numbers: 1)) {
            try Output.line(line)
            for line in device.remarks(measured[device.id]) { try Output.line("    \(line)") }
        }
        return 0
    }
}

extension Device {
    /// The device's cells in the table.
    fileprivate var row: [String] {
        let unit = id == .cpu ? "core" : "compute unit"
        return [
            id.description, printable(name), kind.rawValue, "\(computeUnits) \(unit)\(computeUnits == 1 ? "" : "s")",
            "\(PlainText.fixed(Double(memory) / Double(1 << 30), 1)) GiB",
            printable(driver.isEmpty ? platform : "\(platform), \(driver)"),
        ]
    }

    /// What stands below it.
    fileprivate func remarks(_ measured: MemoryMeasurement?) -> [String] {
        [
            unusable.map { "cannot be used: \(printable($0))" },
            fp64 ? nil : "no 64-bit floating point, which RandomX needs",
        ].compactMap(\.self) + (measured?.lines ?? [])
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
                "random reads: \(PlainText.fixed($0.accessesPerSecond / 1e6, 1)) M/s, 64-byte lines, "
                    + "\($0.footprint >> 20) MiB, \($0.workItems) work-items"
            }
    }
}
