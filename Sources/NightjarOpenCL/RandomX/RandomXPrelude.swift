import NightjarAlgorithms
import NightjarCore

extension Prelude {
    /// What Execute.cl needs.
    package init(_ parameters: RandomXParameters, launch: RandomXLaunch, light: Bool) {
        self.init(parameters, launch: launch)
        definitions.append(("NJ_RX_LIGHT", light ? "1" : "0"))
        definitions.append(("NJ_RX_STREAMS", "\(launch.streams)"))
        if launch.streams == 2 { definitions.append(("NJ_RX_FLOAT_SIDE", "\(launch.floatSide)")) }
    }

    /// What the other RandomX kernels need.
    package init(_ parameters: RandomXParameters, launch: RandomXLaunch) {
        self.init()
        func flag(_ value: Bool) -> String { value ? "1" : "0" }
        func list(_ values: some Sequence<String>) -> String { values.joined(separator: ",") }
        definitions = [
            ("NJ_RX_SCRATCHPAD_L3", "\(parameters.scratchpadL3)"),
            ("NJ_RX_SCRATCHPAD_L2", "\(parameters.scratchpadL2)"),
            ("NJ_RX_SCRATCHPAD_L1", "\(parameters.scratchpadL1)"),
            ("NJ_RX_PROGRAM_SIZE", "\(parameters.programSize)"),
            ("NJ_RX_PROGRAM_ITERATIONS", "\(parameters.programIterations)"),
            ("NJ_RX_JUMP_BITS", "\(parameters.jumpBits)"),
            ("NJ_RX_JUMP_OFFSET", "\(parameters.jumpOffset)"),
            ("NJ_RX_ROUNDING_GUARD", "\(parameters.roundingGuard)u"),
            ("NJ_RX_MIX_AES", flag(parameters.mixing == .aes)),
            ("NJ_RX_PREFETCH_MA", flag(parameters.prefetchRegister == .ma)),
            ("NJ_RX_COMMITMENT", flag(parameters.hasCommitment)),
            ("NJ_RX_OPCODES", list(parameters.opcodes.map { "\($0.rawValue)" })),
            ("NJ_RX_GENERATOR_KEYS", list(parameters.generatorKeys.map { "\($0)u" })),
            ("NJ_RX_DATASET_MASK", "\(parameters.datasetBaseSize - 1)u"),
            ("NJ_RX_DATASET_OFFSETS", "\(parameters.datasetExtraSize / 64 + 1)"),
            ("NJ_RX_CACHE_LINES", "\(parameters.cacheSize / 64)u"),
            ("NJ_RX_CACHE_ACCESSES", "\(parameters.cacheAccesses)"),
            ("NJ_USES_PTX", flag(launch.usesPTX)),
            ("NJ_USES_GCN", flag(launch.usesGCN)),
            ("NJ_GROUP_HASH", "\(launch.groupHash)"),
            ("NJ_GROUP_FILL", "\(launch.groupFill)"),
            ("NJ_GROUP_LOOP", "\(launch.groupLoop)"),
            ("NJ_GROUP_ITEMS", "\(launch.groupItems)"),
        ]
    }
}
