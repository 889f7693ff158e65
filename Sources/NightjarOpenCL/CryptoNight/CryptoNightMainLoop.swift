import NightjarAlgorithms
import NightjarCore
import Synchronization

extension CryptoNightParameters {
    /// Work-items for a hash in the main loop.
    package var itemsInLoop: Int { base == .gpu ? 16 : 1 }

    /// The source of the main loop, whose kernel is `cn_main_loop`.
    package var mainLoopSource: String {
        base == .gpu ? "CryptoNight/FloatLoop.cl" : "CryptoNight/MainLoop.cl"
    }
}

extension DeviceRuntime {
    /// A new kernel of the main loop.
    ///
    /// - Parameter height: for CryptoNight-R, which has another main loop for each height. Other variants ignore it.
    /// - Throws: as ``program(_:prelude:keep:)``.
    func mainLoop(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch, height: UInt64?) throws -> Kernel {
        var prelude = Prelude(parameters, launch: launch)
        if parameters.base == .r {
            guard let height else { preconditionFailure("work for CryptoNight-R was made without a height") }
            prelude.definitions.append(("NJ_CN_RANDOM_MATH", RandomMath(height: height).openCLStatements))
        }
        // A height's program is used for minutes. If all were kept, they would fill the disk.
        let program = try program(
            parameters.mainLoopSource, prelude: prelude, keep: parameters.base == .r ? .amongLatest : .forGood)
        return try Kernel(program, CryptoNightKernels.mainLoop)
    }

    /// Builds the main loop of a height, so that lanes find it built.
    ///
    /// - Throws: as ``program(_:prelude:keep:)``, or ``CallFailure``.
    func makeMainLoop(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch, height: UInt64) throws {
        let kernel = try mainLoop(parameters, launch: launch, height: height)
        // Some drivers compile at the first launch: launch one group without a hash.
        let queue = try Queue(context)
        typealias Names = CryptoNightKernels
        try kernel.set(Names.states, try Buffer(context, bytes: 16, purpose: "a launch without hashes"))
        try ScratchpadBuffers(context, counts: [1], padsPerBuffer: 1, bytes: 16).set(kernel)
        for number in [Names.count, Names.firstTurn, Names.turns] { try kernel.set(number, 0) }
        let group = parameters.itemsInLoop * launch.groupLoop
        try queue.launch(kernel, items: group, group: group)
        try queue.finish()
    }
}
