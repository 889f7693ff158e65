/// The registers and the stack while the code of ``SuperscalarBatchEmitter`` runs.
///
/// A batch is six items: four in the elements of vectors, then two in general registers, one after the other. Many
/// batches run each program in turn, so that the code stays in the nearest caches and the prefetched cache lines have
/// arrived when they are needed.
///
///     general                                     vector
///     r8 … r15   r0 … r7 of one item              ymm0 … ymm7    r0 … r7 of four items
///     rax, rdx   temporary                        ymm8 … ymm15   temporary
///     rcx, rbx   temporary, of the vectors alone
///     rbp        temporary: a cache line
///     rsi        the batch's state
///     rdi        the constants
///
/// Offsets from rsp, which is 64-byte aligned:
///
///       0  number of the next item that no batch has begun
///       8  number of the item after the last
///      16  where the next batch's items go
///      24  rsp of the caller, whose rbx, rbp and r12 … r15 lie there
///      32  address of the cache, four times
///      64  end of the states in use
///      72  a temporary
///     128  the states
///
/// Offsets from the start of a state, which is 64-byte aligned:
///
///       0  r0 … r7 of four items, a vector each
///     256  r0 … r7 of the fifth item, then of the sixth
///     384  addresses of the four items' cache lines
///     416  those of the fifth and the sixth
///     432  where the batch's items go
enum ItemBatchMap {
    static let state = Register.rsi
    static let constants = Register.rdi
    static let line = Register.rbp

    /// Items in the elements of vectors.
    static let vectorItems = 4
    /// Items in general registers.
    static let scalarItems = 2
    /// Items of a batch.
    static let items = vectorItems + scalarItems
    /// The number of batches that run a program one after the other.
    static let batches = 24

    /// A register of four items.
    @inline(__always)
    static func vector(_ number: UInt8) -> Vector { Vector(number & 7) }

    /// One of the eight temporary vectors.
    @inline(__always)
    static func temporary(_ number: UInt8) -> Vector { Vector(8 + number & 7) }

    /// The stack's offsets from rsp.
    enum Stack {
        static let next: Int32 = 0
        static let end: Int32 = 8
        static let output: Int32 = 16
        static let caller: Int32 = 24
        static let cache: Int32 = 32
        static let limit: Int32 = 64
        static let temporary: Int32 = 72
        static let states: Int32 = 128
        static let size = states + Int32(batches) * State.size
    }

    /// A state's offsets from its start.
    enum State {
        static let scalars = 32 * 8 as Int32
        static let vectorLines = scalars + 64 * Int32(ItemBatchMap.scalarItems)
        static let scalarLines = vectorLines + 8 * Int32(vectorItems)
        static let output = scalarLines + 8 * Int32(ItemBatchMap.scalarItems)
        static let size = (output + 8 + 63) / 64 * 64
    }
}
