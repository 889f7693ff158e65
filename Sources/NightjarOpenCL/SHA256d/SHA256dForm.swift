/// A message as SHA-256d's kernels take it: padded blocks, whose number is its length.
struct SHA256dForm: MessageForm {
    func length(_ bytes: Int) -> Int { size(bytes) / SHA256Padding.block }

    func size(_ bytes: Int) -> Int { SHA256Padding.size(bytes) }

    func write(_ message: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer) {
        place.copyMemory(from: message)
        SHA256Padding.write(message.count, to: place)
    }
}
