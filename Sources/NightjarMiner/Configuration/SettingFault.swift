/// What is wrong with a value, wherever it was written.
package struct SettingFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it helps to show it.
    let value: String?
    /// What was needed.
    package let wish: String

    init(value: String? = nil, wish: String) {
        self.value = value
        self.wish = wish
    }

    package var description: String { (value.map { "'\($0)': " } ?? "") + wish }
}
