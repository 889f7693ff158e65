import CHashing

/// Blake2b without a key, RFC 7693.
package enum Blake2b {
    /// - Parameter length: bytes of output, 1 to 64.
    package static func hash(_ input: [UInt8], length: Int) -> [UInt8] {
        precondition((1...64).contains(length))
        var output = [UInt8](repeating: 0, count: length)
        nj_blake2b_hash(&output, length, input, input.count)
        return output
    }
}
