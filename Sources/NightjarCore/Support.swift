/// Whether an algorithm can run on a device.
public enum Support: Sendable, Hashable {
    case supported
    /// The reason, in words that end a sentence: "the device has no 64-bit floating point".
    case unsupported(String)
}
