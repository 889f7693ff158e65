import NightjarCore

/// The `#define`s that stand before a kernel: the algorithm's parameters, which live in Swift alone, and the launch
/// shape.
package struct Prelude: Sendable {
    /// Names and replacement texts, in order.
    package var definitions: [(name: String, text: String)] = []

    package init() {}

    /// 64-bit words of a CryptoNight hash's record, as `CryptoNight/Parameters.cl` lays it out.
    static let stateWords = 36

    /// Everything that the CryptoNight kernels ask for, but for CryptoNight-R's program.
    package init(_ parameters: CryptoNightParameters, launch: CryptoNightLaunch) {
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

    /// The text, ending in a newline. Messages about it name the file "prelude".
    package var text: String {
        "#line 1 \"prelude\"\n" + definitions.map { "#define \($0.name) \($0.text)\n" }.joined()
    }
}
