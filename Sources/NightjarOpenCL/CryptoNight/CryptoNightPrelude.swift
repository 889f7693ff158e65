import NightjarCore

extension Prelude {
    /// 64-bit words of a hash's record; see `CryptoNight/Parameters.cl`.
    static let stateWords = 36

    /// Everything that the CryptoNight kernels need, except for CryptoNight-R's program.
    package init(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch) {
        self.init()
        let features = parameters.features
        func flag(_ feature: CryptoNightParameters.Features) -> String { features.contains(feature) ? "1" : "0" }
        definitions = [
            ("NJ_CN_BASE", "\(parameters.base.rawValue)"),
            ("NJ_CN_LINKED_STORE", flag(.linkedStore)),
            ("NJ_CN_REVERSED_SHUFFLE", flag(.reversedShuffle)),
            ("NJ_CN_FLOAT_FEEDBACK", flag(.floatFeedback)),
            ("NJ_CN_HEAVY", flag(.heavy)),
            ("NJ_CN_COMPLEMENTED_DIVISOR", flag(.complementedDivisor)),
            ("NJ_CN_CHAINED_ROUND", flag(.chainedRound)),
            ("NJ_CN_RECIPROCALS", launch.usesReciprocals ? "1" : "0"),
            ("NJ_CN_TABLE_BANKS", "\(launch.tableBanks)"),
            ("NJ_CN_MEMORY", "\(parameters.memory)"),
            ("NJ_CN_MASK", "\(parameters.mask)u"),
            ("NJ_PAD_INTERLEAVE", "\(launch.interleave)"),
            ("NJ_GROUP_HASH", "\(launch.groupHash)"),
            ("NJ_GROUP_FILL", "\(launch.groupFill)"),
            ("NJ_GROUP_LOOP", "\(launch.groupLoop)"),
            ("NJ_CN_UNROLL", "\(launch.unroll)"),
            ("NJ_STATE_WORDS", "\(Self.stateWords)"),
        ]
    }
}
