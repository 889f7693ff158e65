/// Constant vectors in memory for vector code. Each is stored once.
struct VectorConstants {
    /// The bytes of one vector.
    static let size = 32

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var offsets: [SIMD4<UInt64>: Int32] = [:]

    /// - Parameters:
    ///   - memory: where the vectors go, 32-byte aligned.
    ///   - capacity: the room in bytes.
    init(_ memory: UnsafeMutableRawPointer, capacity: Int) {
        self.memory = memory
        self.capacity = capacity
    }

    /// The number of vectors.
    var count: Int { offsets.count }

    /// A vector as an operand.
    mutating func callAsFunction(_ vector: SIMD4<UInt64>) -> Address {
        Address(ItemBatchMap.constants, offset(vector))
    }

    /// A vector with the same word in all elements, as an operand. It also serves as an operand for the word alone.
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
