/// Words in memory, each stored once, as operands for all elements of a vector. Before them, the numbers from 0 to 15.
struct WordConstants {
    private static let counted: Int32 = 16

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var offsets: [UInt64: Int32] = [:]

    /// - Parameters:
    ///   - memory: where the words go.
    ///   - capacity: the room in bytes.
    init(_ memory: UnsafeMutableRawPointer, capacity: Int) {
        precondition(capacity >= 8 * Int(Self.counted))
        self.memory = memory
        self.capacity = capacity
        for number in 0..<Self.counted {
            (memory + 8 * Int(number)).storeBytes(of: UInt64(number).littleEndian, as: UInt64.self)
        }
    }

    /// The number of words.
    var count: Int { Int(Self.counted) + offsets.count }

    /// Eight numbers, one after the other, as a vector.
    ///
    /// - Parameter first: 0 to 8.
    func counting(from first: Int32) -> Address { Address(ItemLanesMap.constants, 8 * first) }

    mutating func callAsFunction(_ word: UInt64) -> Address { Address(ItemLanesMap.constants, offset(word)) }

    private mutating func offset(_ word: UInt64) -> Int32 {
        if let offset = offsets[word] { return offset }
        let place = 8 * count
        precondition(place + 8 <= capacity, "more constants than the worst case")
        (memory + place).storeBytes(of: word.littleEndian, as: UInt64.self)
        offsets[word] = Int32(truncatingIfNeeded: place)
        return Int32(truncatingIfNeeded: place)
    }
}
