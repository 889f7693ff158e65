/// The form in which a family's kernels take a message: with the padding that they need, in whole 64-bit words.
package protocol MessageForm: Sendable {
    /// What the kernels are told of the length of a message. Those of which they are told the same are hashed together.
    ///
    /// - Parameter bytes: of the message without padding.
    func length(_ bytes: Int) -> Int

    /// Bytes of a message with its padding. The same for all messages of one ``length(_:)``.
    ///
    /// - Parameter bytes: of the message without padding.
    func size(_ bytes: Int) -> Int

    /// Writes a message with its padding.
    ///
    /// - Parameter place: ``size(_:)`` bytes, all zero.
    func write(_ message: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer)
}
