/// A message as CryptoNight's first kernel takes it: padded for Keccak, whose number of blocks is its length.
struct CryptoNightForm: MessageForm {
    /// Keccak's block, in bytes.
    private static let rate = 136

    func length(_ bytes: Int) -> Int { bytes / Self.rate + 1 }

    func size(_ bytes: Int) -> Int { length(bytes) * Self.rate }

    func write(_ message: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer) {
        place.copyMemory(from: message)
        place[message.count] ^= 0x01
        place[place.count - 1] ^= 0x80
    }
}
