/// Whom a client believes about a server's certificate, when no pin says which one it is.
package enum TLSTrust: Sendable, Hashable {
    /// The system's certificate authorities.
    case system
    /// Those in a PEM file, and no others.
    case file(String)
}
