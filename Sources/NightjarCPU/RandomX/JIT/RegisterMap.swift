/// Which register holds what while compiled RandomX code runs, and what lies on its stack.
///
///     general           program                              dataset item
///     r8 … r15          r0 … r7                              r0 … r7, the item in the end
///     rax               temporary; scratchpad address        temporary
///     rcx               temporary; address where rax is      item number on entry, then cache line
///                       taken; then the item's number
///     rdx               temporary; high halves of products   temporary
///     rbx               ma, masked to dataset addresses      kept
///     rbp               mx, masked likewise                  kept
///     rsi               scratchpad                           kept
///     rdi               first dataset item of the program,   cache
///                       or in light mode the cache
///
///     SSE               program                              dataset item: all kept
///     xmm0 … xmm3       f0 … f3
///     xmm4 … xmm7       e0 … e3
///     xmm8 … xmm11      a0 … a3
///     xmm12             temporary
///     xmm13             bits that group E operands keep
///     xmm14             bits that group E operands get
///     xmm15             what FSCAL_R flips
///
/// Offsets from rsp, which is 16-byte aligned, while a program runs:
///
///       0  the four values of MXCSR, by rounding mode
///      16  address of the scratchpad line that r is read from and f is written to
///      24  address of the line that f and e are read from and r is written to
///      32  iterations left, 32 bits
///      40  address of the register file
///      48  address of the dataset item code, in light mode
///      56  r0 … r7 while a dataset item is computed, in light mode
///     120  rbx, rbp, r12 … r15 of the caller, and the return address
enum RegisterMap {
    /// The scratchpad's address.
    static let scratchpad = Register.rsi
    /// What `rdi` holds: see above.
    static let memory = Register.rdi
    static let ma = Register.rbx
    static let mx = Register.rbp
    static let address = Register.rax

    /// An integer register of the virtual machine, 0 to 7.
    @inline(__always)
    static func r(_ number: UInt8) -> Register { Register(rawValue: 8 + number & 15) ?? .r8 }

    /// A register of group F, 0 to 3.
    @inline(__always)
    static func f(_ number: UInt8) -> Vector { Vector(rawValue: number & 3) ?? .xmm0 }

    /// A register of group E, 0 to 3.
    @inline(__always)
    static func e(_ number: UInt8) -> Vector { Vector(rawValue: 4 + number & 7) ?? .xmm4 }

    /// A register of group A, 0 to 3.
    @inline(__always)
    static func a(_ number: UInt8) -> Vector { Vector(rawValue: 8 + number & 15) ?? .xmm8 }

    static let temporary = Vector.xmm12
    static let keepE = Vector.xmm13
    static let setE = Vector.xmm14
    static let scale = Vector.xmm15

    /// What compiled code must give back as it was, in the order in which it is pushed.
    static let saved: [Register] = [.rbx, .rbp, .r12, .r13, .r14, .r15]

    /// The stack, by offsets from rsp.
    enum Stack {
        static let modes: Int32 = 0
        static let line0: Int32 = 16
        static let line1: Int32 = 24
        static let iterations: Int32 = 32
        static let registers: Int32 = 40
        static let item: Int32 = 48
        static let r: Int32 = 56
        /// Six registers and the return address above it make a multiple of 16.
        static let size: Int32 = 120
    }
}
