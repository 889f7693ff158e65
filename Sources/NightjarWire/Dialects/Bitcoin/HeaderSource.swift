import NightjarCore

/// The work of a Bitcoin job: block headers that differ in extra nonce 2, then in the version bits that may be rolled,
/// then in the time. Where two bits may be rolled, each unit has the four headers that differ in the lowest two of them.
///
/// A unit costs a hash of the coinbase transaction and one for each branch, which is microseconds.
package struct HeaderSource: WorkSource {
    package let template: HeaderTemplate
    /// The version bits that may be rolled.
    package let mask: UInt32
    private let algorithm: Algorithm
    /// The extra nonce 2 of the first unit.
    private let start: UInt64
    /// How many seconds the time may be ahead of the job's.
    private let seconds: UInt32

    /// - Parameters:
    ///   - start: the extra nonce 2 of the first unit. Two jobs that share their headers begin at different ones, so
    ///     that none of them is hashed twice.
    ///   - seconds: how many seconds the time may be ahead of the job's.
    /// - Throws: ``NightjarError`` when the algorithm takes no input of 80 bytes.
    package init(
        _ algorithm: Algorithm, _ template: HeaderTemplate, mask: UInt32 = 0, start: UInt64 = 0, seconds: UInt32 = 0
    ) throws(NightjarError) {
        self.algorithm = algorithm
        self.template = template
        self.mask = mask
        self.start = start
        self.seconds = min(seconds, UInt32.max - template.time)
        _ = try work(parts(0) ?? HeaderParts(version: 0, time: 0, extranonce2: []))
    }

    package func unit(_ index: UInt64) -> WorkUnit? {
        guard let parts = parts(index), let work = try? work(parts) else { return nil }
        let siblings = (1..<UInt32(1) << UInt32(siblingBits)).compactMap { number -> WorkUnit.Sibling? in
            let sibling = HeaderParts(
                version: parts.version ^ spread(number), time: parts.time, extranonce2: parts.extranonce2)
            let header = HeaderTemplate.header(work.input, version: sibling.version)
            return (try? self.work(header)).map { WorkUnit.Sibling($0, token: sibling.token) }
        }
        return WorkUnit(work, token: parts.token, siblings: siblings)
    }

    /// Version bits that are rolled within a unit.
    private var siblingBits: Int { mask.nonzeroBitCount >= 2 ? 2 : 0 }

    /// The work with these parts.
    package func work(_ parts: HeaderParts) throws(NightjarError) -> Work {
        try work(template.header(parts))
    }

    private func work(_ header: [UInt8]) throws(NightjarError) -> Work {
        try Work(algorithm: algorithm, input: header, nonceOffset: HeaderTemplate.nonceOffset)
    }

    /// The parts of a unit; `nil` behind the last one.
    ///
    /// Extra nonce 2 comes first, because pools differ about versions and times. The time comes last: some pools take
    /// none but the job's own.
    private func parts(_ index: UInt64) -> HeaderParts? {
        let size = template.extranonce2Size
        let extra: UInt64
        var rest: UInt64 = 0
        if size < 8 {
            let bits = UInt64(8 * size)
            extra = (start &+ index) & ((1 << bits) - 1)
            rest = index >> bits
        } else {
            extra = start &+ index
        }
        let rolled = UInt64(mask.nonzeroBitCount - siblingBits)
        let number = UInt32(rest & ((1 << rolled) - 1)) << UInt32(siblingBits)
        rest >>= rolled
        guard rest <= UInt64(seconds) else { return nil }
        return HeaderParts(
            // The first number is the job's own version.
            version: template.version ^ spread(number), time: template.time + UInt32(rest),
            extranonce2: (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: extra >> (8 * UInt64($0))) : 0 })
    }

    /// The bits of `number`, each in the place of a bit of the mask.
    private func spread(_ number: UInt32) -> UInt32 {
        var (bits, left, number) = (UInt32(0), mask, number)
        while left != 0, number != 0 {
            let lowest = left & (~left &+ 1)
            if number & 1 == 1 { bits |= lowest }
            left ^= lowest
            number >>= 1
        }
        return bits
    }
}
