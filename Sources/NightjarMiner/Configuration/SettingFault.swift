/// A fault in a value, without the place where the value was written.
package struct SettingFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The value, where it helps to show it.
    let value: String?
    /// What is needed instead.
    package let wish: String

    init(value: String? = nil, wish: String) {
        self.value = value
        self.wish = wish
    }

    package var description: String { (value.map { "'\($0)': " } ?? "") + wish }
}
