/// scrypt's kernels of one lane.
package struct ScryptKernels {
    static let records = KernelParameter<Buffer>("records")
    static let count = KernelParameter<UInt32>("count")
    /// Bytes of the input.
    static let length = KernelParameter<UInt32>("length")
    /// The first turn of the mixing in a launch, and the number of turns.
    static let firstTurn = KernelParameter<UInt32>("first")
    static let turns = KernelParameter<UInt32>("turns")

    package static let start = KernelSignature("scrypt_start", InputBuffer.parameters(length: length), count, records)
    package static let mix = KernelSignature(
        "scrypt_mix", records, ScratchpadBuffers.parameters, firstTurn, turns, count)
    package static let finish = KernelSignature("scrypt_finish", records, count, BatchResults.parameters)

    let start, mix, finish: Kernel
    let all: [Kernel]

    /// - Parameter program: of Scrypt/Frame.cl.
    init(_ program: Program) throws(CallFailure) {
        start = try Kernel(program, Self.start)
        mix = try Kernel(program, Self.mix)
        finish = try Kernel(program, Self.finish)
        all = [start, mix, finish]
    }

    /// Sets the arguments that stay the same from batch to batch.
    func set(records: Buffer, pads: ScratchpadBuffers) throws(CallFailure) {
        for kernel in all { try kernel.set(Self.records, records) }
        try pads.set(mix)
    }
}
