import NightjarCore
import NightjarPlatform

/// Reads texts that name an algorithm, devices or hours.
enum SettingReader {
    static func algorithm(_ setting: Settings.Setting) throws(SettingError) -> Algorithm {
        let text = setting.text ?? ""
        if let algorithm = Catalog.algorithm(named: text) { return algorithm }
        throw SettingError(setting.origin, value: text.isEmpty ? "''" : text, UnknownName.algorithm(text))
    }

    static func devices(_ setting: Settings.Setting) throws(SettingError) -> [DeviceSelector] {
        guard case .words(let words) = setting.value else { return [] }
        var found: [DeviceSelector] = []
        for word in words {
            guard let selector = DeviceSelector(word) else {
                throw SettingError(setting.origin, value: word.isEmpty ? "''" : word, UnknownName.device)
            }
            if !found.contains(selector) { found.append(selector) }
        }
        return found
    }

    /// Processing units as `taskset` counts them, `0-3,8`.
    ///
    /// - Parameter allowed: those that this process may use; `nil` where they are not known.
    static func units(
        _ setting: Settings.Setting, allowed: Set<Int>? = AllowedUnits.current()
    ) throws(SettingError) -> [Int] {
        var found: Set<Int> = []
        for word in setting.words ?? [] {
            guard let units = AllowedUnits.units(word) else {
                throw SettingError(setting.origin, "'\(word)': numbers of cores are needed, as in 0-3,8")
            }
            found.formUnion(units)
        }
        if let allowed, let missing = found.subtracting(allowed).min() {
            throw SettingError(
                setting.origin, "there is no core \(missing) for this process; it may use \(Self.ranges(allowed))")
        }
        guard !found.isEmpty else { throw SettingError(setting.origin, "at least one core is needed") }
        return found.sorted()
    }

    /// `0-3,8`.
    private static func ranges(_ numbers: Set<Int>) -> String {
        var ranges: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = ranges.last, last.upperBound + 1 == number {
                ranges[ranges.count - 1] = last.lowerBound...number
            } else {
                ranges.append(number...number)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
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
