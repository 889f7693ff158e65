extension Settings {
    /// The setting that was given for the run; `nil` for an empty text, which counts as not given.
    package func given(_ path: KeyPath<SettingTable, SettingRow>) -> Setting? {
        given(SettingTable.standard[keyPath: path])
    }

    private func given(_ row: SettingRow) -> Setting? {
        guard let setting = values[row.key], setting.value != .text("") else { return nil }
        return setting
    }

    /// The value in effect: the given one, or else the standard one.
    package func value(_ row: SettingRow) -> Value? { given(row)?.value ?? row.standard }

    func value(_ path: KeyPath<SettingTable, SettingRow>) -> Value? { value(SettingTable.standard[keyPath: path]) }

    func bool(_ path: KeyPath<SettingTable, SettingRow>) -> Bool { value(path) == .bool(true) }

    func integer(_ path: KeyPath<SettingTable, SettingRow>) -> Int? {
        if case .integer(let number)? = value(path) { number } else { nil }
    }

    func number(_ path: KeyPath<SettingTable, SettingRow>) -> Double? {
        if case .number(let number)? = value(path) { number } else { nil }
    }

    func text(_ path: KeyPath<SettingTable, SettingRow>) -> String? {
        if case .text(let text)? = value(path) { text } else { nil }
    }

    /// Checks the run's settings against the limits and choices in their rows.
    func check() throws(SettingError) {
        for row in list.rows {
            if row.isOfRun, let setting = given(row) { try check(setting, row) }
        }
    }

    /// Checks a setting against the limits or choices of its row.
    func check(_ setting: Setting, _ row: SettingRow) throws(SettingError) {
        switch (setting.value, row.kind) {
        case (.integer(let number), .integer(let range)), (.integer(let number), .count(let range)):
            // Not every whole number is one of `Double`, but each limit is.
            guard !range.contains(number), let wish = row.kind.fault(of: Double(number)) else { break }
            throw SettingError(setting.origin, value: "\(number)", wish)
        case (.number(let number), .number):
            guard let wish = row.kind.fault(of: number) else { break }
            throw SettingError(setting.origin, value: Self.plain(number), wish)
        case (.text(let text), .choice(let choices)) where !choices.contains(text):
            throw SettingError(setting.origin, "'\(text)': \(SettingRow.Kind.list(choices)) is needed")
        default: break
        }
    }
}
