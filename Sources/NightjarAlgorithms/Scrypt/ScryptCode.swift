import CHashing

/// The code that hashes scrypt. Every code gives the same digests.
package enum ScryptCode: Sendable, Hashable, CaseIterable {
    /// Plain C, one hash after the other: the reference for all faster code.
    case portable
    /// Vectors of 128 bits: SSE2 or NEON.
    case vector
    case avx2
    case avx512

    /// What this processor can run, the fastest last.
    package static var available: [ScryptCode] { allCases.filter { nj_scrypt_available($0.cValue) } }

    /// The fastest code that belongs to `implementation`.
    package static func best(_ implementation: Implementation) -> ScryptCode {
        switch implementation {
        case .portable: .portable
        case .native: available.last ?? .portable
        }
    }

    /// The numbers of hashes that it makes at once, ascending. Its widest vectors hold a word of each of 4, 8 or 16
    /// hashes.
    package var widths: [Int] {
        (0...).lazy.map { Int(nj_scrypt_width(cValue, $0)) }.prefix { $0 > 0 }.map { $0 }
    }

    /// Its name for messages.
    package var words: String {
        switch self {
        case .portable: "portable C"
        case .vector: "128-bit vectors"
        case .avx2: "AVX2"
        case .avx512: "AVX-512"
        }
    }

    /// The same choice for CHashing.
    var cValue: nj_scrypt_code {
        switch self {
        case .portable: NJ_SCRYPT_PORTABLE
        case .vector: NJ_SCRYPT_VECTOR
        case .avx2: NJ_SCRYPT_AVX2
        case .avx512: NJ_SCRYPT_AVX512
        }
    }
}
