/// The input of a batch in device memory, with zeroes in the nonce's place. The memory grows with the longest input.
package final class InputBuffer {
    /// The first nonce of a batch. Lanes set it for each batch.
    package static let firstNonce = KernelParameter<UInt32>("first_nonce")
    private static let message = KernelParameter<Buffer>("message")
    /// The nonce's place: a word of the message, and the first bit within that word.
    private static let nonceWord = KernelParameter<UInt32>("nonce_word")
    private static let nonceShift = KernelParameter<UInt32>("nonce_shift")

    /// What the signature of a kernel has for the input.
    ///
    /// - Parameter length: the kernel's parameter for the message's length.
    package static func parameters(length: KernelParameter<UInt32>) -> KernelParameterGroup {
        KernelParameterGroup(message, length, nonceWord, nonceShift, firstNonce)
    }

    private let context: Context
    private let length: KernelParameter<UInt32>
    private var buffer: Buffer

    /// - Parameters:
    ///   - bytes: the size to begin with.
    ///   - length: as in ``parameters(length:)``.
    package init(_ context: Context, bytes: Int, length: KernelParameter<UInt32>) throws(CallFailure) {
        self.context = context
        self.length = length
        buffer = try Buffer(context, bytes: bytes, purpose: "the input")
    }

    /// Sends `padded` to the device, and sets its parameters in `kernels`.
    ///
    /// - Parameters:
    ///   - padded: the input with the padding that the kernels need.
    ///   - length: the message's length, in the kernels' unit.
    ///   - nonceOffset: in bytes; `nil` for an input without a nonce.
    package func upload(
        _ padded: [UInt8], length: Int, nonceOffset: Int?, _ queue: Queue, for kernels: [Kernel]
    ) throws {
        if padded.count > buffer.bytes { buffer = try Buffer(context, bytes: padded.count, purpose: "the input") }
        try padded.withUnsafeBytes { try queue.write($0, to: buffer) }
        for kernel in kernels {
            try kernel.set(Self.message, buffer)
            try kernel.set(self.length, UInt32(length))
            try kernel.set(Self.nonceWord, nonceOffset.map { UInt32($0 / 8) } ?? Self.noNonce)
            try kernel.set(Self.nonceShift, nonceOffset.map { UInt32($0 % 8 * 8) } ?? 0)
        }
    }

    /// A word that no message has.
    private static let noNonce = UInt32.max
}
