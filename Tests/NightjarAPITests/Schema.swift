import Foundation
import TestSupport

/// The API's description, and a check of JSON against its schemas.
///
/// Only what the description uses of JSON Schema: anything else in it is a fault too, so that nothing goes unchecked.
struct Schema {
    let schemas: [String: Any]
    /// The schema's name of each path's answer of status 200 in JSON.
    let answers: [String: String]

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/NightjarAPI/openapi.json")
        guard let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any],
            let schemas = (root["components"] as? [String: Any])?["schemas"] as? [String: Any],
            let paths = root["paths"] as? [String: [String: [String: Any]]]
        else { throw WebClient.Failure(description: "openapi.json is not what it should be") }
        self.schemas = schemas
        answers = paths.compactMapValues { operations in
            let responses = operations.values.first?["responses"] as? [String: [String: Any]]
            let content = responses?["200"]?["content"] as? [String: [String: [String: Any]]]
            return (content?["application/json"]?["schema"]?["$ref"] as? String)?.split(separator: "/").last.map(
                String.init)
        }
    }

    /// What is wrong with `value`, each fault with its place; empty when all is right.
    func faults(_ value: Any, _ name: String) -> [String] {
        guard let schema = schemas[name] as? [String: Any] else { return ["no schema \(name)"] }
        return faults(value, schema, name)
    }

    private func faults(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            guard let name = reference.split(separator: "/").last, let target = schemas[String(name)] as? [String: Any]
            else {
                return ["\(place): no \(reference)"]
            }
            return faults(value, target, place)
        }
        let known: Set = [
            "type", "required", "properties", "additionalProperties", "items", "minItems", "maxItems", "enum",
            "minimum",
            "pattern", "description",
        ]
        var faults = Set(schema.keys).subtracting(known).map { "\(place): the schema says \($0)" }
        let types = schema["type"] as? [String] ?? [schema["type"] as? String ?? ""]
        let kind = Self.kind(value)
        guard types.contains(kind) || kind == "integer" && types.contains("number") else {
            return faults + ["\(place): \(kind) instead of \(types)"]
        }
        if let values = schema["enum"] as? [NSObject], !values.contains(where: { $0.isEqual(value) }) {
            faults.append("\(place): \(value) is none of \(values)")
        }
        if let minimum = schema["minimum"] as? Double, let number = value as? Double, kind != "null", number < minimum {
            faults.append("\(place): \(number) is below \(minimum)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            faults.append("\(place): \(text) is not \(pattern)")
        }
        if let object = value as? [String: Any] {
            let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
            for name in schema["required"] as? [String] ?? [] where object[name] == nil {
                faults.append("\(place): no \(name)")
            }
            for (name, member) in object {
                if let property = properties[name] {
                    faults += self.faults(member, property, "\(place).\(name)")
                } else if schema["additionalProperties"] as? Bool == false {
                    faults.append("\(place): \(name) is not described")
                }
            }
        }
        if let array = value as? [Any] {
            if let least = schema["minItems"] as? Int, array.count < least {
                faults.append("\(place): \(array.count) items")
            }
            if let most = schema["maxItems"] as? Int, array.count > most {
                faults.append("\(place): \(array.count) items")
            }
            if let items = schema["items"] as? [String: Any] {
                for (i, item) in array.enumerated() { faults += self.faults(item, items, "\(place)[\(i)]") }
            }
        }
        return faults
    }

    private static func kind(_ value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is [String: Any]: "object"
        case let number as NSNumber:
            if isBoolean(number) {
                "boolean"
            } else if number.doubleValue == number.doubleValue.rounded() {
                "integer"
            } else {
                "number"
            }
        default: "unknown"
        }
    }

    /// JSON's booleans are numbers too for Foundation; their type says which they are.
    private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
