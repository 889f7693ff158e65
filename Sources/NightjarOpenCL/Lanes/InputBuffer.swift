import NightjarCore
import NightjarDevices

/// What a batch hashes, in device memory: one input with zeroes in the nonce's place, or many inputs. The memory grows
/// with what it must hold.
package final class InputBuffer {
    /// The first nonce of a batch. Lanes set it for each batch.
    package static let firstNonce = KernelParameter<UInt32>("first_nonce")
    private static let message = KernelParameter<Buffer>("message")
    /// The nonce's place: a word of the message, and the first bit within that word.
    private static let nonceWord = KernelParameter<UInt32>("nonce_word")
    private static let nonceShift = KernelParameter<UInt32>("nonce_shift")
    /// Words from one message to the next; 0 for one message.
    private static let stride = KernelParameter<UInt32>("stride")

    /// What the signature of a kernel has for one input or many.
    ///
    /// - Parameter length: the kernel's parameter for the message's length.
    package static func parameters(length: KernelParameter<UInt32>) -> KernelParameterGroup {
        KernelParameterGroup(parametersOfOne(length: length), stride)
    }

    /// What the signature of a kernel has that hashes the nonces of one input, and nothing else.
    package static func parametersOfOne(length: KernelParameter<UInt32>) -> KernelParameterGroup {
        KernelParameterGroup(message, length, nonceWord, nonceShift, firstNonce)
    }

    /// The most bytes of the inputs of one launch, unless one input is longer.
    private static let mostBytes = 64 << 20

    private let context: Context
    private let form: any MessageForm
    private let length: KernelParameter<UInt32>
    private var buffer: Buffer
    /// What is sent to the device.
    private var padded: [UInt8] = []

    /// - Parameters:
    ///   - bytes: of the input that it has room for at first.
    ///   - form: how the kernels take a message.
    ///   - length: as in ``parameters(length:)``.
    package init(
        _ context: Context, bytes: Int, form: any MessageForm, length: KernelParameter<UInt32>
    ) throws(CallFailure) {
        self.context = context
        self.form = form
        self.length = length
        buffer = try Buffer(context, bytes: form.size(bytes), purpose: "the input")
    }

    /// Sends one input to the device, and sets its parameters in `kernels`.
    ///
    /// - Parameters:
    ///   - input: with zeroes in the nonce's place.
    ///   - nonceOffset: in bytes; `nil` for an input without a nonce.
    package func upload(_ input: [UInt8], nonceOffset: Int?, _ queue: Queue, for kernels: [Kernel]) throws {
        clear(form.size(input.count))
        padded.withUnsafeMutableBytes { padded in input.withUnsafeBytes { form.write($0, to: padded) } }
        try send(length: form.length(input.count), stride: 0, queue, for: kernels)
        for kernel in kernels {
            try kernel.set(Self.nonceWord, nonceOffset.map { UInt32($0 / 8) } ?? Self.noNonce)
            try kernel.set(Self.nonceShift, nonceOffset.map { UInt32($0 % 8 * 8) } ?? 0)
        }
    }

    /// Sends inputs to the device, and sets their parameters in `kernels`.
    ///
    /// - Parameters:
    ///   - inputs: some of these, of one length in the kernels' words.
    ///   - order: which of them: the place of each slot's input.
    package func upload(_ inputs: Inputs, _ order: ArraySlice<Int>, _ queue: Queue, for kernels: [Kernel]) throws {
        guard let first = order.first else { return }
        let size = form.size(inputs.sizes[first])
        clear(order.count * size)
        padded.withUnsafeMutableBytes { padded in
            for (slot, place) in order.enumerated() {
                form.write(
                    inputs[place], to: UnsafeMutableRawBufferPointer(rebasing: padded[slot * size..<(slot + 1) * size]))
            }
        }
        try send(length: form.length(inputs.sizes[first]), stride: size / 8, queue, for: kernels)
        for kernel in kernels {
            try kernel.set(Self.nonceWord, Self.noNonce)
            try kernel.set(Self.nonceShift, 0)
        }
    }

    /// The places of inputs, so that those of one length follow each other.
    package func order(_ inputs: Inputs) -> [Int] {
        var order = Array(0..<inputs.count)
        if inputs.count > 0, inputs.endOfOneSize(from: 0) < inputs.count {
            // Those of one length stay in their order.
            order.sort { (form.length(inputs.sizes[$0]), $0) < (form.length(inputs.sizes[$1]), $1) }
        }
        return order
    }

    /// The slots of the next launch: places in `order` from `first` on.
    ///
    /// - Parameter most: the most inputs of a launch.
    package func launch(_ inputs: Inputs, _ order: [Int], from first: Int, most: Int) -> Range<Int> {
        let bytes = inputs.sizes[order[first]]
        let length = form.length(bytes)
        let room = min(Self.mostBytes, Int(clamping: context.device.limits.maxAllocation)) / form.size(bytes)
        let last = min(order.count, first + max(1, min(most, room)))
        var end = first + 1
        while end < last, form.length(inputs.sizes[order[end]]) == length { end += 1 }
        return first..<end
    }

    /// Makes ``padded`` as many zeroes.
    private func clear(_ bytes: Int) {
        padded.removeAll(keepingCapacity: true)
        padded.append(contentsOf: repeatElement(0, count: bytes))
    }

    private func send(length: Int, stride: Int, _ queue: Queue, for kernels: [Kernel]) throws {
        guard let length = UInt32(exactly: length), let stride = UInt32(exactly: stride) else {
            throw NightjarError(
                device: context.device.id, reason: "takes no input of \(padded.count >> 30) GiB", code: .input)
        }
        if padded.count > buffer.bytes { buffer = try Buffer(context, bytes: padded.count, purpose: "the input") }
        try padded.withUnsafeBytes { try queue.write($0, to: buffer) }
        for kernel in kernels {
            try kernel.set(Self.message, buffer)
            try kernel.set(self.length, length)
            if kernel.signature.index(of: Self.stride.name) != nil { try kernel.set(Self.stride, stride) }
        }
    }

    /// A word that no message has.
    private static let noNonce = UInt32.max
}
