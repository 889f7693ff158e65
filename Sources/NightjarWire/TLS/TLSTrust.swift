/// The authorities that a client trusts when there is no pin.
package enum TLSTrust: Sendable, Hashable {
    /// The system's certificate authorities.
    case system
    /// Only the authorities in this PEM file.
    case file(String)
}
