/// The input of a batch, with zeroes where the nonce goes, in device memory that grows when an input is longer than any
/// before.
final class InputBuffer {
    private let context: Context
    private var buffer: Buffer

    /// - Parameter bytes: room at first.
    init(_ context: Context, bytes: Int) throws(CallFailure) {
        self.context = context
        buffer = try Buffer(context, bytes: bytes, purpose: "the input")
    }

    /// Sends `padded` to the device, and sets the first four arguments of kernels: message, its length, and where its
    /// nonce stands.
    ///
    /// - Parameters:
    ///   - padded: the input as the kernels want it.
    ///   - length: what they take as its length.
    ///   - nonceOffset: in bytes; `nil` for an input that is hashed as it is.
    func upload(
        _ padded: [UInt8], length: Int, nonceOffset: Int?, _ queue: Queue, for kernels: [Kernel]
    ) throws {
        if padded.count > buffer.bytes { buffer = try Buffer(context, bytes: padded.count, purpose: "the input") }
        try padded.withUnsafeBytes { try queue.write($0, to: buffer) }
        for kernel in kernels {
            try kernel.set(0, buffer)
            try kernel.set(1, UInt32(length))
            try kernel.set(2, nonceOffset.map { UInt32($0 / 8) } ?? Self.noNonce)
            try kernel.set(3, nonceOffset.map { UInt32($0 % 8 * 8) } ?? 0)
        }
    }

    /// A word that no message has.
    private static let noNonce = UInt32.max
}
