/// Predicts how many steps a RandomX program's two streams take, from the program and from the branches that it takes:
/// written from what Split.cl and Streams.cl say, not from what they do.
struct StreamSimulator {
    /// One hash: its streams, and where it is in them.
    struct Hash {
        /// Places in the program; `nil` is a step that does nothing.
        private(set) var integers: [Int?] = []
        /// How many float instructions stand before each integer step, and before the end.
        private(set) var known: [Int] = []
        private(set) var floats: [Int] = []
        private let program: [Instruction]
        /// The branches that are still to be taken.
        private var taken: ArraySlice<Int>

        private var at = 0, left = 0, jumps: [(from: Int, to: Int)] = []
        fileprivate var floatAt = 0, end = 0, valuesTaken = 0, jumpsTaken = 0, jumpsTold = 0
        fileprivate var isOver: Bool { at == integers.count }

        init(_ program: [UInt32], taken: [Int]) {
            self.program = program.map { Instruction($0) }
            self.taken = ArraySlice(taken)
            var before: Instruction?
            for (place, instruction) in self.program.enumerated() {
                let float = floats.count
                if instruction.isFloat { floats.append(place) }
                guard instruction.isInteger else { continue }
                if let before, instruction.mustWait(for: before) {
                    integers.append(nil)
                    known.append(float)
                }
                integers.append(place)
                known.append(float)
                before = instruction
            }
            known.append(floats.count)
        }

        /// Runs the integer stream for at most so many steps, and while there is room.
        fileprivate mutating func runIntegers(steps: Int, values: Int, jumps room: Int) -> Int {
            var count = 0
            while at < integers.count, count < steps, left - valuesTaken < values, jumps.count - jumpsTaken < room {
                let step = integers[at], here = known[at]
                at += 1
                count += 1
                guard let place = step else { continue }
                if program[place].leavesValue { left += 1 }
                guard program[place].operation == .branch, taken.first == place else { continue }
                taken.removeFirst()
                let target = program[place].target
                // A step that does nothing is repeated with the one after it.
                at = (integers.lastIndex { $0.map { $0 < target } ?? false } ?? -1) + 1
                let floatTarget = floats.firstIndex { $0 >= target } ?? floats.count
                if floatTarget != here { jumps.append((here, floatTarget)) }
            }
            return count
        }

        /// What the float stream may know.
        fileprivate var told: (end: Int, jumps: Int) { (known[at], jumps.count) }

        /// Runs the float stream as far as is known, for at most so many rounds: four short steps, then a long one.
        fileprivate mutating func runFloats(rounds: Int) -> [StreamCounter.Turn] {
            var turns: [StreamCounter.Turn] = []
            jumpFloat()
            while !floatStops, turns.count < rounds {
                var turn = StreamCounter.Turn(rounds: 1)
                while turn.shorts < 4, !floatStops, !program[floats[floatAt]].isLong {
                    stepFloat()
                    turn.shorts += 1
                }
                if !floatStops, program[floats[floatAt]].isLong {
                    stepFloat()
                    turn.longs = 1
                }
                turns.append(turn)
            }
            return turns
        }

        private var floatStops: Bool { floatAt == (jumpsTaken < jumpsTold ? jumps[jumpsTaken].from : end) }

        private mutating func jumpFloat() {
            guard jumpsTaken < jumpsTold, floatAt == jumps[jumpsTaken].from else { return }
            floatAt = jumps[jumpsTaken].to
            jumpsTaken += 1
        }

        private mutating func stepFloat() {
            if program[floats[floatAt]].leavesValue { valuesTaken += 1 }
            floatAt += 1
            jumpFloat()
        }

        fileprivate mutating func tell(_ what: (end: Int, jumps: Int)) { (end, jumpsTold) = what }
    }

    /// What a group of hashes takes in a pass: each hash for itself, and all in step with each other.
    struct Pass {
        var counts: [StreamCounter.Count]
        /// Steps of the group, whose members wait for the slowest one.
        var integers = 0, shorts = 0, longs = 0
        /// With two work-items.
        var phases = 0
    }

    /// A group's pass with one work-item a hash. Words and jumps that do not fit are left for another turn.
    static func oneItem(_ group: [Hash], instructions: Int) -> Pass {
        var group = group
        var pass = Pass(counts: group.map { _ in .init() })
        for hash in group.indices {
            repeat {
                pass.counts[hash].integers.append(
                    group[hash].runIntegers(steps: .max, values: instructions / 8, jumps: 2))
                group[hash].tell(group[hash].told)
                pass.counts[hash].floats.append(sum(group[hash].runFloats(rounds: .max)))
            } while !group[hash].isOver
        }
        return pass
    }

    /// A group's pass with two, in phases: what one says in a phase, the other hears in the next.
    static func twoItems(_ group: [Hash], instructions: Int) -> Pass {
        var group = group
        var pass = Pass(counts: group.map { _ in .init() })
        var told = group.map { _ in (end: 0, jumps: 0) }
        var phase = 0, isLast = false
        while true {
            var steps = 0, rounds: [[StreamCounter.Turn]] = []
            var goesOn = false
            for hash in group.indices {
                let toldBefore = told[hash]
                if !isLast {
                    // The float stream has not run in this phase: what it has taken is what it told in the one before.
                    let count = group[hash].runIntegers(
                        steps: instructions * 13 / 64, values: instructions > 256 ? 32 : 16, jumps: 2)
                    pass.counts[hash].integers.append(count)
                    steps = max(steps, count)
                    told[hash] = group[hash].told
                    goesOn = goesOn || !group[hash].isOver
                }
                if phase > 0 {
                    group[hash].tell(toldBefore)
                    let turns = group[hash].runFloats(rounds: isLast ? .max : instructions / 32)
                    pass.counts[hash].floats.append(sum(turns))
                    rounds.append(turns)
                }
            }
            pass.phases += 1
            pass.integers += steps
            for round in 0..<(rounds.map(\.count).max() ?? 0) {
                let members = rounds.filter { $0.count > round }.map { $0[round] }
                pass.shorts += members.map(\.shorts).max() ?? 0
                pass.longs += members.map(\.longs).max() ?? 0
            }
            if isLast { return pass }
            isLast = phase >= 3 && !goesOn
            phase += 1
        }
    }

    private static func sum(_ turns: [StreamCounter.Turn]) -> StreamCounter.Turn {
        turns.reduce(into: .init()) {
            $0.rounds += $1.rounds
            $0.shorts += $1.shorts
            $0.longs += $1.longs
        }
    }

    /// What matters of a decoded instruction: see Decode.cl.
    fileprivate struct Instruction {
        enum Operation: UInt32 {
            case none, add, sub, mul, mulh, smulh, reciprocal, neg, xor, ror, rol, swap, fswapF, fswapE, fadd, fsub,
                fscal
            case fmul, fdiv, fsqrt, branch, round, store
        }

        let operation: Operation
        let hasMemory: Bool
        let dst, src, target: Int

        init(_ fields: UInt32) {
            operation = Operation(rawValue: fields & 31) ?? .none
            hasMemory = fields >> 5 & 3 == 2
            (dst, src, target) = (Int(fields >> 7 & 7), Int(fields >> 10 & 15), Int(fields >> 18))
        }

        var isFloat: Bool {
            switch operation {
            case .fswapF, .fswapE, .fadd, .fsub, .fscal, .fmul, .fdiv, .fsqrt, .round: true
            default: false
            }
        }

        var isLong: Bool { operation == .fdiv || operation == .fsqrt }

        /// A number that the integer stream reads for the float stream.
        var leavesValue: Bool { operation == .round || isFloat && hasMemory }

        var isInteger: Bool { operation != .none && (!isFloat || leavesValue) }

        /// Integer registers that change.
        private var changed: [Int] {
            switch operation {
            case .store: []
            case .swap: [dst, src]
            default: isFloat ? [] : [dst]
            }
        }

        /// Whether this one reads memory that must not be read before the other has run.
        func mustWait(for before: Instruction) -> Bool {
            hasMemory && (before.operation == .store || before.changed.contains(src))
        }
    }
}
