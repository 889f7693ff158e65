/// CryptoNight's kernels of one lane, except for the main loop, which changes with the height.
package struct CryptoNightKernels {
    static let states = KernelParameter<Buffer>("states")
    static let count = KernelParameter<UInt32>("count")
    /// Keccak's blocks of the input.
    static let blocks = KernelParameter<UInt32>("blocks")
    /// The first turn of the main loop in a launch, and the number of turns.
    static let firstTurn = KernelParameter<UInt32>("first")
    static let turns = KernelParameter<UInt32>("turns")

    package static let absorb = KernelSignature(
        "cn_absorb", InputBuffer.parameters(length: blocks), count, states)
    package static let explode = KernelSignature("cn_explode", states, ScratchpadBuffers.parameters, count)
    package static let mainLoop = KernelSignature(
        "cn_main_loop", states, ScratchpadBuffers.parameters, count, firstTurn, turns)
    package static let implode = KernelSignature("cn_implode", states, ScratchpadBuffers.parameters, count)
    package static let finish = KernelSignature("cn_finish", states, count, BatchResults.parameters)

    let absorb, explode, implode, finish: Kernel
    let all: [Kernel]

    /// - Parameter program: of CryptoNight/Frame.cl.
    init(_ program: Program) throws(CallFailure) {
        absorb = try Kernel(program, Self.absorb)
        explode = try Kernel(program, Self.explode)
        implode = try Kernel(program, Self.implode)
        finish = try Kernel(program, Self.finish)
        all = [absorb, explode, implode, finish]
    }

    /// Sets the arguments that stay the same from batch to batch.
    func set(states: Buffer, pads: ScratchpadBuffers) throws(CallFailure) {
        for kernel in all { try kernel.set(Self.states, states) }
        for kernel in [explode, implode] { try pads.set(kernel) }
    }
}
