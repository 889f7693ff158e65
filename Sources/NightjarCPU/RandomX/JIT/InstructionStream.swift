/// A list of machine instructions that can be interleaved with another list that uses other registers. No instruction
/// may depend on its address.
struct InstructionStream: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private var code: Assembler
    /// The offset of each instruction's end.
    private var ends: [Int] = []

    /// - Parameter capacity: the bytes of code.
    init(capacity: Int) {
        self.capacity = capacity
        memory = .allocate(byteCount: capacity + Assembler.slack, alignment: 16)
        code = Assembler(memory)
    }

    deinit { memory.deallocate() }

    /// The number of bytes.
    var size: Int { code.count }

    /// The number of instructions.
    var count: Int { ends.count }

    /// Adds one instruction.
    @inline(__always)
    mutating func add(_ instruction: (inout Assembler) -> Void) {
        instruction(&code)
        precondition(code.count <= capacity)
        ends.append(code.count)
    }

    private func copy(_ index: Int, to code: inout Assembler) {
        let start = index == 0 ? 0 : ends[index - 1]
        code.copy(memory + start, ends[index] - start)
    }

    func write(to code: inout Assembler) {
        for index in 0..<count { copy(index, to: &code) }
    }

    /// Writes both streams into `code`, each spread evenly over the other.
    static func weave(_ a: borrowing InstructionStream, _ b: borrowing InstructionStream, into code: inout Assembler) {
        var (nextA, nextB) = (0, 0)
        while nextA < a.count || nextB < b.count {
            // Take the next instruction from the stream that is less complete.
            if nextB < b.count && (nextA == a.count || nextB * a.count <= nextA * b.count) {
                b.copy(nextB, to: &code)
                nextB += 1
            } else {
                a.copy(nextA, to: &code)
                nextA += 1
            }
        }
    }
}
