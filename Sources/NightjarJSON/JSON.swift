/// A JSON value (RFC 8259). Numbers keep all their digits; objects keep the order of their members.
///
/// Numbers stay text because a difficulty may have more than 64 bits, and because a pool's number must go back as it
/// came. Members stay in order so that output matches the documented interface.
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number exactly as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    case object(Object)

    /// One member of an object.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The members of an object, in order.
    package struct Object: Sendable, Hashable, ExpressibleByDictionaryLiteral {
        package private(set) var fields: [Field]

        /// - Parameter fields: when several members have the same name, the last one stays.
        package init(_ fields: [Field]) {
            if Set(fields.lazy.map(\.name)).count == fields.count {
                self.fields = fields
            } else {
                var seen: Set<String> = []
                self.fields = fields.reversed().filter { seen.insert($0.name).inserted }.reversed()
            }
        }

        package init(dictionaryLiteral elements: (String, JSON)...) {
            self.init(elements.map { Field($0.0, $0.1) })
        }

        /// The member with this name, even when it is null; `nil` when there is no such member.
        package subscript(name: String) -> JSON? { fields.last { $0.name == name }?.value }

        /// Adds a member at the end. The name must be new.
        package mutating func append(_ name: String, _ value: JSON) { fields.append(Field(name, value)) }
    }
}

// MARK: Making values

extension JSON {
    package static func number(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// A rate or a time, rounded to a thousandth: more digits would look like precision and be noise. A number that is
    /// not finite becomes `null`, because JSON has no such numbers.
    package static func number(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        guard abs(value) < 1e12 else { return .number(String(value)) }
        let rounded = (value * 1000).rounded() / 1000
        return .number(rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded))
    }

    package static func integer(_ value: Int64) -> JSON { .number(String(value)) }

    package static func unsigned(_ value: UInt64) -> JSON { .number(String(value)) }

    package static func object(_ fields: [Field]) -> JSON { .object(Object(fields)) }

    /// An object with its members in the order given.
    package static func fields(_ fields: KeyValuePairs<String, JSON>) -> JSON {
        .object(fields.map { Field($0.key, $0.value) })
    }

    /// A string, or `null` for none.
    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}

// MARK: Looking into values

extension JSON {
    package var isNull: Bool { self == .null }

    package var string: String? { if case .string(let text) = self { text } else { nil } }

    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A number that was written as a plain integer in range; strings of digits are not numbers.
    package var uint64: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }

    /// A number that was written as a plain integer in range.
    package var int64: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

    package var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

    package var object: Object? { if case .object(let members) = self { members } else { nil } }

    /// The object's member with this name; `nil` when there is none, when it is null, and when this is not an object.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self, let value = members[name], !value.isNull else { return nil }
        return value
    }

    /// The kind of value, for messages about wrong types.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
