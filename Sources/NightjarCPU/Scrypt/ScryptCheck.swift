import NightjarAlgorithms
import NightjarCore

/// Hashes of a lane before it has work, to check that each place of each width gives right digests.
///
/// Known answers have no place for a nonce and are hashed one by one, so they check one place of a width only.
struct ScryptCheck {
    private static let inputSize = 80
    private let scratchpads: UnsafeMutableRawBufferPointer
    private let width: Int
    private let code: ScryptCode

    init(scratchpads: UnsafeMutableRawBufferPointer, width: Int, code: ScryptCode) {
        self.scratchpads = scratchpads
        self.width = width
        self.code = code
    }

    /// The first of the code's widths whose digests differ from the portable code's; `nil` when all are right.
    func wrong() -> Int? {
        let widths = code.widths.filter { $0 > 1 && $0 <= width }
        guard let most = widths.last else { return nil }
        let expected = digests(most, .portable)
        return widths.first { digests($0, code) != Array(expected.prefix($0)) }
    }

    /// The digests of numbered inputs, all hashed at once.
    private func digests(_ count: Int, _ code: ScryptCode) -> [Digest] {
        let hasher = ScryptHasher(scratchpads: scratchpads, width: width, code: code)
        let bytes = (0..<count).flatMap { [UInt8](repeating: UInt8($0), count: Self.inputSize) }
        var digests = [Digest](repeating: Digest(), count: count)
        digests.withUnsafeMutableBufferPointer { digests in
            bytes.withUnsafeBytes { hasher.hash($0, into: digests, width: count) }
        }
        return digests
    }
}
