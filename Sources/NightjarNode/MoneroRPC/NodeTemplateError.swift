/// A template that cannot be mined. The description is one line.
struct NodeTemplateError: Error, CustomStringConvertible {
    let description: String
    init(_ reason: String) { description = "block template: \(reason)" }
}
