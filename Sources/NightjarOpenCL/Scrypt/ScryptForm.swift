/// A message as scrypt's first kernel takes it: twice, as HMAC's key, and as PBKDF2's salt with the place of a block's number.
struct ScryptForm: MessageForm {
    func length(_ bytes: Int) -> Int { bytes }

    func size(_ bytes: Int) -> Int { key(bytes) + SHA256Padding.size(bytes + 4) }

    func write(_ message: UnsafeRawBufferPointer, to place: UnsafeMutableRawBufferPointer) {
        let key = UnsafeMutableRawBufferPointer(rebasing: place[..<key(message.count)])
        key.copyMemory(from: message)
        if message.count > SHA256Padding.block { SHA256Padding.write(message.count, to: key) }
        let salt = UnsafeMutableRawBufferPointer(rebasing: place[key.count...])
        salt.copyMemory(from: message)
        SHA256Padding.write(message.count + 4, after: SHA256Padding.block, to: salt)
    }

    /// Bytes of the key: one block, or the padded message if that is longer.
    private func key(_ bytes: Int) -> Int {
        bytes > SHA256Padding.block ? SHA256Padding.size(bytes) : SHA256Padding.block
    }
}
