import NightjarCore
import NightjarPlatform
import NightjarWire

/// The values that are used where nothing is given, and that no table can hold: they depend on the user or the
/// algorithm.
///
/// The user agent is none of them. It has the program's version, and a file that was kept would name an old one for ever.
package struct ChosenValues: Sendable {
    /// `nil` where no home directory is known.
    private let ledger: String?

    package init(environment: (String) -> String? = UserFolders.variable) {
        ledger = try? LedgerLocation.standard(environment: environment)
    }

    /// The run's value.
    func value(_ row: SettingRow, _ settings: Settings) -> Settings.Value? {
        guard !settings.bool(\.sandbox) || !row.excludesSandbox else { return nil }
        let table = SettingTable.standard
        switch row.key {
        case table.ledgerPath.key: return ledger.map { .text($0) }
        case table.difficultyFactor.key: return Self.factor(settings.given(\.algorithm))
        default: return nil
        }
    }

    /// The value of one pool, where the run's is another.
    func value(_ row: SettingRow, _ settings: Settings, of pool: Settings.Pool) -> Settings.Value? {
        let table = SettingTable.standard
        guard row.key == table.difficultyFactor.key, settings.given(\.difficultyFactor) == nil else { return nil }
        return Self.factor(pool[table.algorithm.key])
    }

    static func factor(_ algorithm: Settings.Setting?) -> Settings.Value? {
        guard let name = algorithm?.text, let algorithm = Catalog.algorithm(named: name) else { return nil }
        return Dialects.builtIn.row(for: algorithm).difficultyFactor(algorithm).map { .number($0) }
    }
}
