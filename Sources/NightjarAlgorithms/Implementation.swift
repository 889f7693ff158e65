import CHashing

/// Which code hashes. All give the same output.
package enum Implementation: Sendable, Hashable, CaseIterable {
    /// Plain C, on any processor: the oracle for everything faster.
    case portable
    /// The processor's AES instructions.
    case native

    /// What this processor can run, the fastest last: portable always, native where the instructions are.
    package static var available: [Implementation] { nj_native_available() ? [.portable, .native] : [.portable] }

    /// The fastest that this processor can run.
    package static var best: Implementation { nj_native_available() ? .native : .portable }

    /// The same choice for CHashing.
    var cValue: nj_implementation {
        switch self {
        case .portable: NJ_PORTABLE
        case .native: NJ_NATIVE
        }
    }
}
