// These are numbers, not enumerations, because the emitters compute most register numbers from those of the virtual
// machine.

/// A general register of x86-64, by its number.
package struct Register: Sendable, Equatable {
    package let number: UInt8

    /// - Parameter number: 0 to 15.
    @inline(__always)
    package init(_ number: UInt8) { self.number = number }

    package static var rax: Register { @inline(__always) get { Register(0) } }
    package static var rcx: Register { @inline(__always) get { Register(1) } }
    package static var rdx: Register { @inline(__always) get { Register(2) } }
    package static var rbx: Register { @inline(__always) get { Register(3) } }
    package static var rsp: Register { @inline(__always) get { Register(4) } }
    package static var rbp: Register { @inline(__always) get { Register(5) } }
    package static var rsi: Register { @inline(__always) get { Register(6) } }
    package static var rdi: Register { @inline(__always) get { Register(7) } }
    package static var r8: Register { @inline(__always) get { Register(8) } }
    package static var r9: Register { @inline(__always) get { Register(9) } }
    package static var r10: Register { @inline(__always) get { Register(10) } }
    package static var r11: Register { @inline(__always) get { Register(11) } }
    package static var r12: Register { @inline(__always) get { Register(12) } }
    package static var r13: Register { @inline(__always) get { Register(13) } }
    package static var r14: Register { @inline(__always) get { Register(14) } }
    package static var r15: Register { @inline(__always) get { Register(15) } }
}

/// An SSE register, by its number.
package struct Vector: Sendable, Equatable {
    package let number: UInt8

    /// - Parameter number: 0 to 15.
    @inline(__always)
    package init(_ number: UInt8) { self.number = number }

    package static var xmm0: Vector { @inline(__always) get { Vector(0) } }
    package static var xmm1: Vector { @inline(__always) get { Vector(1) } }
    package static var xmm2: Vector { @inline(__always) get { Vector(2) } }
    package static var xmm3: Vector { @inline(__always) get { Vector(3) } }
    package static var xmm4: Vector { @inline(__always) get { Vector(4) } }
    package static var xmm5: Vector { @inline(__always) get { Vector(5) } }
    package static var xmm6: Vector { @inline(__always) get { Vector(6) } }
    package static var xmm7: Vector { @inline(__always) get { Vector(7) } }
    package static var xmm8: Vector { @inline(__always) get { Vector(8) } }
    package static var xmm9: Vector { @inline(__always) get { Vector(9) } }
    package static var xmm10: Vector { @inline(__always) get { Vector(10) } }
    package static var xmm11: Vector { @inline(__always) get { Vector(11) } }
    package static var xmm12: Vector { @inline(__always) get { Vector(12) } }
    package static var xmm13: Vector { @inline(__always) get { Vector(13) } }
    package static var xmm14: Vector { @inline(__always) get { Vector(14) } }
    package static var xmm15: Vector { @inline(__always) get { Vector(15) } }
}

/// A memory operand: base + index << scale + displacement.
package struct Address: Sendable {
    let base: Register
    /// `rsp` means no index, as in the encoding: the processor cannot use it as an index.
    let index: Register
    let scale: UInt8
    let displacement: Int32

    @inline(__always)
    package init(_ base: Register, _ displacement: Int32 = 0) {
        self.init(base, index: .rsp, displacement)
    }

    /// - Parameters:
    ///   - index: any register but `rsp`.
    ///   - scale: the index's left shift, 0 to 3.
    @inline(__always)
    package init(_ base: Register, index: Register, scale: UInt8 = 0, _ displacement: Int32 = 0) {
        self.base = base
        self.index = index
        self.scale = scale
        self.displacement = displacement
    }
}
