/// A message as RandomX's kernels take it: whole blocks for Blake2b, with room for a digest behind the message.
struct RandomXForm: MessageForm {
    /// Blake2b's block, in bytes.
    private static let block = 128

    func length(_ bytes: Int) -> Int { bytes }

    func size(_ bytes: Int) -> Int { ((bytes + 32) / Self.block + 1) * Self.block }

    func write(_ message: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer) {
        place.copyMemory(from: message)
    }
}
