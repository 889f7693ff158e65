import NightjarAlgorithms
import NightjarCore
import Synchronization

extension DeviceRuntime {
    /// A new kernel of a CryptoNight's main loop.
    ///
    /// - Parameter height: for CryptoNight-R, which has another loop for each; ignored by the others.
    /// - Throws: as ``program(_:prelude:keep:)``.
    func mainLoop(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch, height: UInt64?) throws -> Kernel {
        var prelude = Prelude(parameters, launch: launch)
        if parameters.base == .r {
            guard let height else { preconditionFailure("work for CryptoNight-R was made without a height") }
            prelude.definitions.append(("NJ_CN_RANDOM_MATH", RandomMath(height: height).openCLStatements))
        }
        // A height's program is of use for minutes: kept for good, they would fill the disk.
        let program = try program(
            parameters.mainLoopSource, prelude: prelude, keep: parameters.base == .r ? .amongLatest : .forGood)
        return try Kernel(program, "cn_main_loop")
    }

    /// Makes the main loop of a height, for lanes to find it made.
    ///
    /// - Throws: as ``program(_:prelude:keep:)``, or ``CallFailure``.
    func makeMainLoop(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch, height: UInt64) throws {
        let kernel = try mainLoop(parameters, launch: launch, height: height)
        // Some drivers compile at the first launch, so there is one, of a whole group without a hash.
        let queue = try Queue(context)
        let nothing = try Buffer(context, bytes: 16, purpose: "a launch without hashes")
        for i in 0...CryptoNightLaunch.maxBuffers { try kernel.set(i, nothing) }
        try kernel.set(1 + CryptoNightLaunch.maxBuffers, UInt32(1))
        for i in 2...4 { try kernel.set(i + CryptoNightLaunch.maxBuffers, UInt32(0)) }
        let group = parameters.itemsInLoop * launch.groupLoop
        try queue.launch(kernel, items: group, group: group)
        try queue.finish()
    }
}
