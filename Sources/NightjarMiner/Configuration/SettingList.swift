/// The rows that settings are read by.
package struct SettingList: Sendable, Hashable {
    package let rows: [SettingRow]

    package init(_ rows: [SettingRow]) { self.rows = rows }

    /// Those of ``SettingTable``.
    package static let standard = SettingList(
        Mirror(reflecting: SettingTable.standard).children.compactMap { $0.value as? SettingRow })

    /// The row of a key of the run's, or of a pool's.
    func row(_ key: String, ofPool: Bool) -> SettingRow? {
        rows.first { $0.key == key && (ofPool ? $0.isOfPool : $0.isOfRun) }
    }
}
