/// A number of a device's launches that a tuner may choose, and the values worth trying.
package struct TuningKnob: Sendable, Hashable {
    /// As it is saved and shown: "groupLoop".
    package let name: String
    /// Rising.
    package let values: [Int]

    package init(name: String, values: [Int]) {
        self.name = name
        self.values = values
    }
}

/// A value for each of an algorithm's knobs on a device.
package struct TuningSettings: Sendable, Hashable, CustomStringConvertible {
    package private(set) var values: [String: Int]

    package init(_ values: [String: Int] = [:]) { self.values = values }

    package subscript(name: String) -> Int? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// "batch 4, groupLoop 1": by name.
    package var description: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    /// The settings that ``description`` is of; `nil` if it is of none.
    package init?(_ text: some StringProtocol) {
        values = [:]
        for part in text.split(separator: ",") {
            let words = part.split(separator: " ")
            guard words.count == 2, let value = Int(words[1]) else { return nil }
            values[String(words[0])] = value
        }
    }
}
