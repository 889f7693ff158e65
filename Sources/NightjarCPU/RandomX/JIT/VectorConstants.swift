/// Vectors in memory that vector code takes as operands, each once.
struct VectorConstants {
    /// Bytes of one.
    static let size = 32

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var offsets: [SIMD4<UInt64>: Int32] = [:]

    /// - Parameters:
    ///   - memory: where they go, 32-byte aligned.
    ///   - capacity: bytes.
    init(_ memory: UnsafeMutableRawPointer, capacity: Int) {
        self.memory = memory
        self.capacity = capacity
    }

    /// How many there are.
    var count: Int { offsets.count }

    /// Where a vector is, as an operand.
    mutating func callAsFunction(_ vector: SIMD4<UInt64>) -> Address {
        Address(BatchMap.constants, offset(vector))
    }

    /// Where a vector of the same word in all lanes is, which is also where that word is.
    mutating func callAsFunction(_ word: UInt64) -> Address { self(SIMD4(repeating: word)) }

    private mutating func offset(_ vector: SIMD4<UInt64>) -> Int32 {
        if let offset = offsets[vector] { return offset }
        let offset = offsets.count * Self.size
        precondition(offset + Self.size <= capacity, "more constants than the worst case")
        for lane in 0..<4 {
            (memory + offset + 8 * lane).storeBytes(of: vector[lane].littleEndian, as: UInt64.self)
        }
        offsets[vector] = Int32(truncatingIfNeeded: offset)
        return Int32(truncatingIfNeeded: offset)
    }
}
