import NightjarCore

/// Reads texts that name an algorithm, devices or hours.
enum SettingReader {
    static func algorithm(_ setting: Settings.Setting) throws(SettingError) -> Algorithm {
        let text = setting.text ?? ""
        if let algorithm = Catalog.algorithm(named: text) { return algorithm }
        let names = Catalog.all.map(\.name).joined(separator: ", ")
        throw SettingError(setting.origin, "unknown algorithm '\(text)'; this build runs: \(names)")
    }

    static func devices(_ setting: Settings.Setting) throws(SettingError) -> [DeviceSelector] {
        guard case .words(let words) = setting.value else { return [] }
        var found: [DeviceSelector] = []
        for word in words {
            guard let selector = DeviceSelector(word) else {
                throw SettingError(
                    setting.origin,
                    "'\(word)' is not a device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)")
            }
            if !found.contains(selector) { found.append(selector) }
        }
        return found
    }

    static func hours(_ setting: Settings.Setting) throws(SettingError) -> MiningHours {
        let text = setting.text ?? ""
        guard let hours = MiningHours(text) else {
            throw SettingError(
                setting.origin, "'\(text)': hours are needed, as in 22:00-07:00 or 9:00-12:30,13:30-17:00")
        }
        return hours
    }
}
