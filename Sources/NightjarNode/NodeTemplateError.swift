import NightjarWire

/// A template that cannot be mined.
package struct NodeTemplateError: OutsideError, Hashable {
    package let words: OutsideText
    init(_ reason: OutsideText) { words = "block template: \(reason)" }
}
