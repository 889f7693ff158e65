/// The registers and the memory while the code of ``ItemLanesEmitter`` runs.
///
/// Eight items are a group: their registers are vectors, with an element for each. Compiled programs in light mode want one
/// group. A dataset is made of pairs of groups, whose instructions alternate, and many pairs run each program in turn, so
/// that the code stays in the nearest caches.
///
///     vector              first group                 second group of a pair
///     r0 … r7             zmm0 … zmm7                 zmm8 … zmm15
///     temporary           zmm16 … zmm23, k1           zmm24 … zmm31, k2
///     cache lines         rax, rbx                    rbp, r9
///
///     general
///     rcx                 the state of the group, or of the pair
///     rdx                 the constants
///     rdi                 the cache
///     rsi                 where a dataset's items go
///     r8, r10             number of the next item that no pair has begun, and of the item after the last
///     r11                 the end of the states in use
///
/// The code for compiled programs changes only what it needs of these: their values in other registers, and in the low parts
/// of zmm8 to zmm15, are kept.
enum ItemLanesMap {
    static let state = Register.rcx
    static let constants = Register.rdx
    static let cache = Register.rdi
    static let output = Register.rsi
    static let next = Register.r8
    static let end = Register.r10
    static let limit = Register.r11

    /// Items of a group.
    static let lanes = 8
    /// Groups whose instructions alternate.
    static let groups = 2
    /// Pairs of groups that run a program one after the other.
    static let pairs = 12

    /// A group's offsets from the start of its state, which has any alignment for compiled programs, else 64 bytes.
    enum State {
        /// The offsets of eight lines in the cache. Compiled programs put the items' numbers here before.
        static let lines: Int32 = 0
        /// r0 … r7, a vector each, or in the end the items, for compiled programs.
        static let registers: Int32 = 64
        static let size: Int32 = registers + 64 * Int32(lanes)
    }

    /// A dataset's stack: offsets from rsp, which is 64-byte aligned.
    enum Stack {
        /// rsp of the caller, whose rbx and rbp lie there.
        static let caller: Int32 = 0
        static let states: Int32 = 64
        static let size: Int32 = states + Int32(pairs * groups) * State.size
    }

    /// The registers of one group.
    struct Group {
        let number: UInt8

        @inline(__always)
        func r(_ register: UInt8) -> WideVector { WideVector(8 * number + register & 7) }

        /// One of the eight temporary vectors.
        @inline(__always)
        func temporary(_ index: UInt8) -> WideVector { WideVector(16 + 8 * number + index & 7) }

        var mask: UInt8 { 1 + number }

        /// Registers for the addresses of two lines.
        var addresses: (Register, Register) { number == 0 ? (.rax, .rbx) : (.rbp, .r9) }

        func state(_ offset: Int32) -> Address { Address(ItemLanesMap.state, Int32(number) * State.size + offset) }
    }
}
