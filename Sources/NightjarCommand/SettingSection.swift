import NightjarMiner

/// A part of the settings, with a heading of its own in the help of `mine`.
enum SettingSection: String, CaseIterable {
    case pool, devices, limits, care, output, api

    /// The section of a setting. Settings that are new belong to pools until they are named here.
    init(_ row: SettingRow) {
        switch row.key {
        case "devices", "threads", "cpuCores", "randomxMode": self = .devices
        case "maxSeconds", "maxShares": self = .limits
        case "log", "logFile", "logFileSize": self = .output
        case let key where key.hasPrefix("care."): self = .care
        case let key where key.hasPrefix("ledger."): self = .output
        case let key where key.hasPrefix("api."): self = .api
        default: self = .pool
        }
    }
}

/// A type for each section: the parser makes the flags from types.
protocol SettingSectionName: Sendable { static var section: SettingSection { get } }

enum PoolSettingsSection: SettingSectionName { static var section: SettingSection { .pool } }
enum DeviceSettingsSection: SettingSectionName { static var section: SettingSection { .devices } }
enum LimitSettingsSection: SettingSectionName { static var section: SettingSection { .limits } }
enum CareSettingsSection: SettingSectionName { static var section: SettingSection { .care } }
enum OutputSettingsSection: SettingSectionName { static var section: SettingSection { .output } }
enum APISettingsSection: SettingSectionName { static var section: SettingSection { .api } }
