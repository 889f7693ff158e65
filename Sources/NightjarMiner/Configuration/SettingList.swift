/// The rows by which settings are read.
package struct SettingList: Sendable, Hashable {
    package let rows: [SettingRow]

    package init(_ rows: [SettingRow]) { self.rows = rows }

    /// The rows of ``SettingTable``.
    package static let standard = SettingList(
        Mirror(reflecting: SettingTable.standard).children.compactMap { $0.value as? SettingRow })

    /// The row of a key, among the run's settings or a pool's.
    func row(_ key: String, ofPool: Bool) -> SettingRow? {
        rows.first { ofPool ? $0.isOfPool && ($0.key == key || $0.otherKey == key) : $0.isOfRun && $0.key == key }
    }
}
