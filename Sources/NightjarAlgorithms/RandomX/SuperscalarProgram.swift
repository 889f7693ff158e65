/// One of the programs that make up SuperscalarHash.
package struct SuperscalarProgram: Sendable {
    package let instructions: [SuperscalarInstruction]
    /// The register with the longest chain of dependencies. It chooses the next cache line (7.3).
    package let addressRegister: Int

    package init(instructions: [SuperscalarInstruction]) {
        self.instructions = instructions
        // The chain lengths on a machine without limits on parallelism, where each instruction takes one cycle.
        var chains = [Int](repeating: 0, count: 8)
        for instruction in instructions {
            let dst = Int(instruction.dst), src = Int(instruction.src)
            chains[dst] = max(chains[dst], chains[src]) + 1
        }
        var longest = 0
        for register in 1..<8 where chains[register] > chains[longest] { longest = register }
        addressRegister = longest
    }
}
