/// A natural number of any size, for exact quotients of targets and decimal numbers.
struct Natural: Sendable, Hashable {
    /// The least significant first; the last is not zero.
    private(set) var limbs: [UInt32]

    init(_ value: UInt32) { limbs = value == 0 ? [] : [value] }

    private init(limbs: [UInt32]) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
    }

    /// Bits without leading zeros.
    var bitWidth: Int { limbs.last.map { 32 * limbs.count - $0.leadingZeroBitCount } ?? 0 }

    mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
        var carry = UInt64(addend)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
        while limbs.last == 0 { limbs.removeLast() }
    }

    mutating func multiply(byPowerOfTen exponent: Int) {
        for _ in 0..<exponent / 9 { multiply(by: 1_000_000_000) }
        for _ in 0..<exponent % 9 { multiply(by: 10) }
    }

    /// This number times 2³² to the power of `count`.
    func shifted(byLimbs count: Int) -> Natural { Natural(limbs: [UInt32](repeating: 0, count: count) + limbs) }

    /// The quotient, rounded down. Long division bit by bit: it is not asked for often.
    ///
    /// - Parameter divisor: above zero.
    func quotient(by divisor: Natural) -> Natural {
        precondition(!divisor.limbs.isEmpty, "a divisor is above zero")
        var rest = Natural(0)
        var quotient = [UInt32](repeating: 0, count: limbs.count)
        for bit in (0..<bitWidth).reversed() {
            rest.multiply(by: 2, adding: limbs[bit / 32] >> UInt32(bit % 32) & 1)
            guard !rest.isLess(than: divisor) else { continue }
            rest.subtract(divisor)
            quotient[bit / 32] |= 1 << UInt32(bit % 32)
        }
        return Natural(limbs: quotient)
    }

    private func isLess(than other: Natural) -> Bool {
        guard limbs.count == other.limbs.count else { return limbs.count < other.limbs.count }
        for index in limbs.indices.reversed() where limbs[index] != other.limbs[index] {
            return limbs[index] < other.limbs[index]
        }
        return false
    }

    /// - Parameter other: at most this number.
    private mutating func subtract(_ other: Natural) {
        var borrow: UInt64 = 0
        for index in limbs.indices {
            let taken = (index < other.limbs.count ? UInt64(other.limbs[index]) : 0) + borrow
            borrow = UInt64(limbs[index]) < taken ? 1 : 0
            limbs[index] = UInt32(truncatingIfNeeded: UInt64(limbs[index]) &- taken)
        }
        while limbs.last == 0 { limbs.removeLast() }
    }
}
