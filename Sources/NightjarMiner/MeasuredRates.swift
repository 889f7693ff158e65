import NightjarCore
import NightjarJSON
import NightjarPlatform

/// The rates that `bench --keep` measured, by device and algorithm, in a file. Pools that choose a miner's algorithm are
/// told of them.
package struct MeasuredRates: Sendable, Hashable {
    private struct DeviceRates: Sendable, Hashable {
        let id: String
        /// Another device in the same place has other rates.
        let name: String
        /// Hashes per second, by the algorithm's name.
        var rates: [String: Double] = [:]
    }

    private var devices: [DeviceRates] = []

    package init() {}

    /// Keeps a rate, in hashes per second, in place of an earlier one.
    package mutating func keep(_ rate: Double, of algorithm: String, on device: DeviceID, name: String) {
        guard rate.isFinite, rate > 0 else { return }
        let id = device.description
        devices.removeAll { $0.id == id && $0.name != name }
        let index = devices.firstIndex { $0.id == id }
        if index == nil { devices.append(DeviceRates(id: id, name: name)) }
        devices[index ?? devices.count - 1].rates[algorithm] = rate
    }

    /// The rates of some devices together, of the algorithms that at least one of them was measured with.
    package func sums(of present: [Device]) -> [String: Double] {
        present.reduce(into: [:]) { sums, device in
            guard let known = devices.first(where: { $0.id == device.id.description && $0.name == device.name }) else {
                return
            }
            sums.merge(known.rates) { $0 + $1 }
        }
    }
}

extension MeasuredRates {
    /// Where the rates are kept: `$XDG_STATE_HOME/nightjar/rates.json`; `nil` when no home is known.
    package static func place(environment: (String) -> String? = UserFolders.variable) -> String? {
        UserFolders.state(environment: environment).map { $0 + "/nightjar/rates.json" }
    }

    /// Reads the file. One that does not exist has no rates.
    ///
    /// - Throws: ``FileError``, or ``JSONError`` for a file that holds something else.
    package init(path: String) throws {
        let bytes: [UInt8]
        do { bytes = try Self.folder(of: path).read(Self.name(of: path), .rates) } catch {
            guard error.isAbsent else { throw error }
            return
        }
        for device in try JSON(parsing: bytes)["devices"]?.array ?? [] {
            guard let id = device["id"]?.string, let name = device["name"]?.string else { continue }
            var known = DeviceRates(id: id, name: name)
            for field in device["rates"]?.object?.fields ?? [] {
                if let rate = field.value.double, rate.isFinite, rate > 0 { known.rates[field.name] = rate }
            }
            devices.append(known)
        }
    }

    /// Writes the file, and makes its folder when it is missing.
    ///
    /// - Throws: ``FileError`` or ``UserFolders/Failure``.
    package func write(path: String) throws {
        if let slash = path.lastIndex(of: "/") { try UserFolders.make(path[..<slash]) }
        let json = JSON.fields([
            "schema": .integer(1),
            "devices": .array(
                devices.map { device in
                    let rates = device.rates.sorted { $0.key < $1.key }.map { JSON.Field($0.key, .number($0.value)) }
                    return .fields(["id": .string(device.id), "name": .string(device.name), "rates": .object(rates)])
                }),
        ])
        try Self.folder(of: path).replace(Self.name(of: path), .rates, with: Array((json.text + "\n").utf8))
    }

    private static func folder(of path: String) throws(FileError) -> OwnFolder {
        try OwnFolder(PathSteps.folder(of: path))
    }

    private static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
