import CHashing
import NightjarCore

/// Argon2d's memory fill as RandomX uses it (7.1).
package struct Argon2d {
    /// The code that makes the passes over the memory. All give the same memory.
    package enum Code: Sendable, CaseIterable {
        case portable, avx2, avx512

        /// Whether this processor can run it.
        package var isAvailable: Bool { nj_argon2d_available(c) }

        /// The fastest that this processor can run.
        package static var best: Code {
            let best = nj_argon2d_best()
            return allCases.first { $0.c == best } ?? .portable
        }

        fileprivate var c: nj_argon2d_code {
            switch self {
            case .portable: NJ_ARGON2D_PORTABLE
            case .avx2: NJ_ARGON2D_AVX2
            case .avx512: NJ_ARGON2D_AVX512
            }
        }
    }

    package let password: [UInt8]
    package let salt: [UInt8]
    /// KiB of memory.
    package let blocks: Int
    package let passes: Int
    package let argonLanes: Int

    package init(password: [UInt8], salt: [UInt8], blocks: Int, passes: Int, argonLanes: Int) {
        precondition(argonLanes > 0 && passes > 0 && blocks >= 8 * argonLanes && blocks % (4 * argonLanes) == 0)
        self.password = password
        self.salt = salt
        self.blocks = blocks
        self.passes = passes
        self.argonLanes = argonLanes
    }

    package init(_ parameters: RandomXParameters, password: [UInt8]) {
        self.init(
            password: password, salt: parameters.argonSalt, blocks: parameters.cacheKiB,
            passes: parameters.argonIterations, argonLanes: parameters.argonLanes)
    }

    /// The 64-byte prehash H0.
    package var prehash: [UInt8] {
        var prehash = [UInt8](repeating: 0, count: 64)
        withC { nj_argon2d_prehash($0, &prehash) }
        return prehash
    }

    /// Writes the first two blocks of each of Argon2's lanes into `memory`, `blocks` KiB.
    package func start(_ memory: UnsafeMutableRawPointer) {
        withC { nj_argon2d_start($0, prehash, memory) }
    }

    /// Fills `memory`, `blocks` KiB, 64-byte aligned.
    ///
    /// - Parameter code: one that is available.
    package func fill(_ memory: UnsafeMutableRawPointer, with code: Code = .best) {
        precondition(code.isAvailable, "this processor cannot run \(code)")
        withC { nj_argon2d_fill(code.c, $0, memory) }
    }

    private func withC<Result>(_ body: (UnsafePointer<nj_argon2d>) -> Result) -> Result {
        password.withUnsafeBufferPointer { password in
            salt.withUnsafeBufferPointer { salt in
                var parameters = nj_argon2d(
                    password: password.baseAddress, password_length: password.count, salt: salt.baseAddress,
                    salt_length: salt.count, blocks: UInt32(blocks), passes: UInt32(passes), lanes: UInt32(argonLanes))
                return body(&parameters)
            }
        }
    }
}
