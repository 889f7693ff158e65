import CHashing

/// The code that hashes. Every implementation gives the same output.
package enum Implementation: Sendable, Hashable, CaseIterable {
    /// Plain C for any processor. It is the reference for all faster code.
    case portable
    /// The processor's AES instructions.
    case native

    /// What this processor can run, the fastest last: always portable, and native where the processor has the
    /// instructions.
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
