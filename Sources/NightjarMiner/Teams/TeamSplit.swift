import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire

/// Which devices work for which pools, by the settings: devices with the same pools are a team.
///
/// A pool that names devices is theirs alone. A pool that names none is for the devices that no pool names.
package struct TeamSplit: Sendable {
    package struct Team: Sendable {
        package fileprivate(set) var devices: [Device]
        /// In order of preference.
        package let pools: [RunSettings.Pool]
    }

    package private(set) var teams: [Team] = []
    /// What the user should know, one sentence each.
    package private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - devices: those that may mine.
    ///   - support: whether a device runs an algorithm.
    /// - Throws: ``SettingError`` for a pool whose devices are not among `devices`, or cannot run its algorithm.
    package init(
        _ settings: RunSettings, devices: [Device], support: (Algorithm, DeviceID) -> Support
    ) throws(SettingError) {
        var groups: [(pools: [Int], devices: [Device])] = []
        for device in devices {
            let own = settings.pools.indices.filter { Self.names(settings.pools[$0], device.id) }
            let pools = own.isEmpty ? settings.pools.indices.filter { settings.pools[$0].devices == nil } : own
            guard !pools.isEmpty else {
                warnings.append("\(device.id) has no pool: it does not mine")
                continue
            }
            for index in own { try Self.check(settings.pools[index], device.id, support) }
            let algorithms = pools.map { settings.pools[$0].algorithm ?? settings.algorithm }
            let isAble = algorithms.contains { algorithm in
                algorithm.map { support($0, device.id) == .supported } ?? true
            }
            guard isAble else { continue }
            if let group = groups.firstIndex(where: { $0.pools == pools }) {
                groups[group].devices.append(device)
            } else {
                groups.append((pools, [device]))
            }
        }
        for (index, pool) in settings.pools.enumerated() {
            let team = groups.first { $0.pools.contains(index) }
            if team == nil, pool.devices != nil {
                throw SettingError(pool.devicesOrigin, "none of these devices can mine there")
            }
            guard let team else {
                warnings.append("no device is left for \(pool.settings.url): those that mine have pools of their own")
                continue
            }
            guard let algorithm = pool.algorithm else { continue }
            guard team.devices.contains(where: { support(algorithm, $0.id) == .supported }) else {
                throw SettingError(pool.algorithmOrigin, "no device of this pool runs \(algorithm)")
            }
        }
        teams = groups.map { Team(devices: $0.devices, pools: $0.pools.map { settings.pools[$0] }) }
    }

    private static func names(_ pool: RunSettings.Pool, _ device: DeviceID) -> Bool {
        pool.devices?.contains { $0.matches(device) } ?? false
    }

    /// A device that a pool names by itself must run the pool's algorithm.
    private static func check(
        _ pool: RunSettings.Pool, _ device: DeviceID, _ support: (Algorithm, DeviceID) -> Support
    ) throws(SettingError) {
        guard let algorithm = pool.algorithm, pool.devices?.contains(.device(device)) == true,
            case .unsupported(let reason) = support(algorithm, device)
        else { return }
        throw SettingError(pool.algorithmOrigin, "\(algorithm) does not run on \(device): \(reason)")
    }

    /// The devices that pools name must be there, and among those that may mine.
    package static func check(_ settings: RunSettings, present: [DeviceID]) throws(SettingError) {
        for pool in settings.pools {
            for selector in pool.devices ?? [] {
                guard present.contains(where: selector.matches) else {
                    let names = present.map(\.description).joined(separator: ", ")
                    throw SettingError(pool.devicesOrigin, "there is no \(selector) here; there is: \(names)")
                }
                guard let wanted = settings.devices else { continue }
                let isWanted = wanted.contains { mine in
                    switch selector {
                    case .device(let id): mine.matches(id)
                    case .allOpenCL: present.contains { selector.matches($0) && mine.matches($0) }
                    }
                }
                guard isWanted else {
                    throw SettingError(
                        pool.devicesOrigin, "\(selector) is not among the devices of this run (--device)")
                }
            }
        }
    }
}
