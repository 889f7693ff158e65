import CHashing

/// The code that searches for SHA-256d nonces. Every code finds the same ones.
package enum SHA256dCode: Sendable, Hashable, CaseIterable {
    /// Plain C. It is the reference for the others.
    case portable
    case avx2
    /// The processor's SHA instructions, for 2 to 6 hashes that take turns.
    case sha2, sha3, sha4, sha6
    case avx512
    /// AVX-512 in a short loop.
    case avx512Loop
    /// AVX-512 and SHA instructions at the same time, each for what it does best.
    case mixed

    /// What this processor can run: always portable.
    package static var available: [SHA256dCode] { allCases.filter { nj_sha256d_available($0.cValue) } }

    /// How it hashes, in words.
    package var words: String {
        switch self {
        case .portable: "1 hash at a time in plain C"
        case .avx2: "8 hashes at a time with AVX2"
        case .sha2, .sha3, .sha4, .sha6: "\(hashesAtOnce) hashes at a time with SHA instructions"
        case .avx512: "32 hashes at a time with AVX-512"
        case .avx512Loop: "32 hashes at a time with AVX-512, in a short loop"
        case .mixed: "16 hashes at a time with AVX-512 and SHA instructions"
        }
    }

    package var hashesAtOnce: Int {
        switch self {
        case .portable: 1
        case .avx2: 8
        case .sha2: 2
        case .sha3: 3
        case .sha4: 4
        case .sha6: 6
        case .avx512, .avx512Loop: 32
        case .mixed: 16
        }
    }

    var cValue: nj_sha256d_code {
        switch self {
        case .portable: NJ_SHA256D_PORTABLE
        case .avx2: NJ_SHA256D_AVX2
        case .sha2: NJ_SHA256D_SHA_2
        case .sha3: NJ_SHA256D_SHA_3
        case .sha4: NJ_SHA256D_SHA_4
        case .sha6: NJ_SHA256D_SHA_6
        case .avx512: NJ_SHA256D_AVX512
        case .avx512Loop: NJ_SHA256D_AVX512_LOOP
        case .mixed: NJ_SHA256D_MIXED
        }
    }
}
