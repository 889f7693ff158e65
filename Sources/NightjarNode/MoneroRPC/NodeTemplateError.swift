import NightjarWire

/// A template that cannot be mined.
struct NodeTemplateError: OutsideError, Hashable {
    let words: OutsideText
    init(_ reason: OutsideText) { words = "block template: \(reason)" }
}
