/// RandomX's kernels of one lane, except for those that a ``RandomXEpoch`` has.
package struct RandomXKernels {
    static let records = KernelParameter<Buffer>("records")
    static let raw = KernelParameter<Buffer>("raw")
    static let programs = KernelParameter<Buffer>("programs")
    static let reciprocals = KernelParameter<Buffer>("reciprocals")
    static let integers = KernelParameter<Buffer>("integers")
    static let extras = KernelParameter<Buffer>("extras")
    static let floats = KernelParameter<Buffer>("floats")
    static let superscalar = KernelParameter<Buffer>("superscalar")
    static let items = KernelParameter<Buffer>("items")
    static let count = KernelParameter<UInt32>("count")
    /// Bytes of the input.
    static let length = KernelParameter<UInt32>("length")
    /// The first iteration, or item, of a launch.
    static let first = KernelParameter<UInt32>("first")
    static let iterations = KernelParameter<UInt32>("iterations")
    static let fromStart = KernelParameter<UInt32>("from_start")

    package static let start = KernelSignature("rx_start", InputBuffer.parameters(length: length), count, records)
    package static let fill = KernelSignature("rx_fill", records, ScratchpadBuffers.parameters, count)
    package static let generate = KernelSignature("rx_generate", records, raw, count)
    package static let decode = KernelSignature("rx_decode", records, raw, programs, reciprocals, count)
    package static let reseed = KernelSignature("rx_reseed", records, count)
    package static let digest = KernelSignature("rx_digest", records, ScratchpadBuffers.parameters, count)
    package static let finish = KernelSignature(
        "rx_finish", InputBuffer.parameters(length: length), count, records, BatchResults.parameters)
    package static let split = KernelSignature(
        "rx_split", records, programs, reciprocals, integers, extras, floats, count)
    package static let dataset = KernelSignature(
        "rx_dataset", LineBuffers.parameters, superscalar, items, first, fromStart, count)

    /// - Parameters:
    ///   - streams: NJ_RX_STREAMS.
    ///   - light: whether it is compiled with NJ_RX_LIGHT.
    package static func execute(streams: Int, light: Bool) -> KernelSignature {
        KernelSignature(
            "rx_execute", records, programs, extras, ScratchpadBuffers.parameters, LineBuffers.parameters, first,
            iterations, count, streams > 0 ? KernelParameterGroup(floats) : KernelParameterGroup(),
            light ? KernelParameterGroup(superscalar) : KernelParameterGroup())
    }

    let start, fill, generate, decode, reseed, digest, finish: Kernel
    let all: [Kernel]

    /// - Parameter program: of RandomX/Frame.cl.
    init(_ program: Program) throws(CallFailure) {
        start = try Kernel(program, Self.start)
        fill = try Kernel(program, Self.fill)
        generate = try Kernel(program, Self.generate)
        decode = try Kernel(program, Self.decode)
        reseed = try Kernel(program, Self.reseed)
        digest = try Kernel(program, Self.digest)
        finish = try Kernel(program, Self.finish)
        all = [start, fill, generate, decode, reseed, digest, finish]
    }
}
