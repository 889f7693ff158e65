import NightjarWire

/// A node that must not be mined at with this address or algorithm.
struct NodeRefusal: OutsideError {
    let words: OutsideText
    init(_ words: OutsideText) { self.words = words }
}
