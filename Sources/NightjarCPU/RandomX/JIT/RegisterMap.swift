/// The registers and the stack while compiled RandomX code runs.
///
///     general           programs                             dataset item
///     r8 … r15          r0 … r7                              r0 … r7, the item in the end
///     rax               temporary; scratchpad address        temporary
///     rcx               temporary; address where rax is      item number on entry, then cache line
///                       taken; then the item's number
///     rdx               temporary; high halves of products   temporary
///     rbx               ma and mx while they are worked on   kept
///     rbp               temporary between iterations         kept
///     rsi               scratchpad                           kept
///     rdi               first dataset item of the program,   cache
///                       or in light mode the cache
///
///     SSE               programs                             dataset item: all kept
///     xmm0 … xmm3       f0 … f3
///     xmm4 … xmm7       e0 … e3
///     xmm8 … xmm11      a0 … a3
///     xmm12             temporary
///     xmm13             bits that group E operands keep
///     xmm14             bits that group E operands get
///     xmm15             what FSCAL_R flips
///
/// Several programs run in turns, see ``IterationSchedule``. The registers above belong to the present machine. The others'
/// state waits on the stack: r, the two lines, the memory registers and the rounding mode. Each iteration loads f and e
/// again from the scratchpad, so they need not be saved.
///
/// Offsets from rsp, which is 16-byte aligned, while programs run:
///
///       0  the four values of MXCSR, by rounding mode
///      16  periods left, 32 bits
///      20  the phase, 32 bits: see ``IterationSchedule``
///      24  address of the register files
///      32  address of the rounding modes
///      40  address of the dataset item code, in light mode
///      48  r0 … r7 while a dataset item is computed, in light mode
///     112  the machines, 240 bytes each:
///            0  bits that its group E operands get
///           16  a0 … a3
///           80  r0 … r7, where its scratchpad does not hold them
///          144  address of r0 … r7, usually in the scratchpad
///          152  address of the scratchpad line from which r is read and to which f is written
///          160  address of the line from which f and e are read and to which r is written
///          168  the memory register that gets address bits next, masked to dataset addresses; above it the other
///               one, which got address bits before and chooses the item to prefetch
///          176  address of a dataset item to prefetch
///          184  rounding mode, times four
///          192  addresses of the copies of its code, by rounding mode: see ProgramCopies.swift
///          224  address where its code goes on when it has waited
///    then  a state of ``ItemLanesMap``, where several machines' items are computed together
///    then  rbx, rbp, r12 … r15 of the caller, and the return address
enum RegisterMap {
    /// The scratchpad's address.
    static var scratchpad: Register { .rsi }
    /// `rdi`; see above for what it holds.
    static var memory: Register { .rdi }
    static var memoryRegisters: Register { .rbx }

    /// An integer register of the virtual machine, 0 to 7.
    @inline(__always)
    static func r(_ number: UInt8) -> Register { Register(8 + number) }

    /// A register of group F, 0 to 3.
    @inline(__always)
    static func f(_ number: UInt8) -> Vector { Vector(number) }

    /// A register of group E, 0 to 3.
    @inline(__always)
    static func e(_ number: UInt8) -> Vector { Vector(4 + number) }

    /// A register of group A, 0 to 3.
    @inline(__always)
    static func a(_ number: UInt8) -> Vector { Vector(8 + number) }

    static var periods: Address { Address(.rsp, Stack.periods) }
    static var phase: Address { Address(.rsp, Stack.phase) }

    static var temporary: Vector { .xmm12 }
    static var keepE: Vector { .xmm13 }
    static var setE: Vector { .xmm14 }
    static var scale: Vector { .xmm15 }

    /// The registers that compiled code must restore, in the order in which it pushes them.
    static let saved: [Register] = [.rbx, .rbp, .r12, .r13, .r14, .r15]

    /// The stack's offsets from rsp.
    enum Stack {
        static let modes: Int32 = 0
        static let periods: Int32 = 16
        static let phase: Int32 = 20
        static let registers: Int32 = 24
        static let roundings: Int32 = 32
        static let item: Int32 = 40
        static let r: Int32 = 48
        static let machines: Int32 = 112

        /// Six registers and the return address above it make a multiple of 16.
        static func size(machines count: Int, computesTogether: Bool) -> Int32 {
            items(machines: count) + (computesTogether ? ItemLanesMap.State.size : 0) + 8
        }

        static func items(machines count: Int) -> Int32 { machines + Int32(truncatingIfNeeded: count) * Machine.size }
    }

    /// The number of the item that a machine reads next, of `count` machines whose items are computed together.
    static func itemNumber(_ machine: Int, of count: Int) -> Address {
        Address(
            .rsp,
            Stack.items(machines: count) + ItemLanesMap.State.lines + 8 * Int32(truncatingIfNeeded: machine))
    }

    /// A word of that item.
    static func itemWord(_ word: UInt8, _ machine: Int, of count: Int) -> Address {
        let item = ItemLanesMap.State.registers + 64 * Int32(truncatingIfNeeded: machine)
        return Address(.rsp, Stack.items(machines: count) + item + 8 * Int32(word))
    }

    /// A machine's part of the stack.
    struct Machine {
        static let size: Int32 = 240
        /// Its offset from rsp.
        let base: Int32

        init(_ number: Int) { base = Stack.machines + Int32(truncatingIfNeeded: number) * Self.size }

        var setE: Address { Address(.rsp, base) }
        func a(_ number: UInt8) -> Address { Address(.rsp, base + 16 + 16 * Int32(number)) }
        func r(_ number: UInt8) -> Address { Address(.rsp, base + 80 + 8 * Int32(number)) }
        var source: Address { Address(.rsp, base + 144) }
        var line0: Address { Address(.rsp, base + 152) }
        var line1: Address { Address(.rsp, base + 160) }
        var memoryRegisters: Address { Address(.rsp, base + 168) }
        var named: Address { Address(.rsp, base + 172) }
        var item: Address { Address(.rsp, base + 176) }
        var rounding: Address { Address(.rsp, base + 184) }
        func copy(_ mode: UInt8) -> Address { Address(.rsp, base + 192 + 8 * Int32(mode)) }
        /// The copy for the rounding mode in rax, which is four times the mode.
        var nextCopy: Address { Address(.rsp, index: .rax, scale: 1, base + 192) }
        var resume: Address { Address(.rsp, base + 224) }
    }
}
