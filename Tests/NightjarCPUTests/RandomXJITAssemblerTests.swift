import NightjarCPU
import NightjarCore
import Testing

/// The encoder against the GNU assembler's bytes. Of the two forms of a register-to-register instruction, both use the
/// one whose destination is the register operand.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITAssemblerTests {
    private static let rows: [(text: String, bytes: String, emit: @Sendable (inout Assembler) -> Void)] = [
        ("mov rax, r13", "498bc5", { $0.mov(.rax, .r13) }),
        ("mov ecx, r12d", "418bcc", { $0.mov32(.rcx, .r12) }),
        ("mov r9, [r13]", "4d8b4d00", { $0.mov(.r9, Address(.r13)) }),
        ("mov rcx, [rsp+24]", "488b4c2418", { $0.mov(.rcx, Address(.rsp, 24)) }),
        ("mov [rsp+16], rax", "4889442410", { $0.mov(Address(.rsp, 16), .rax) }),
        ("mov [r12+0x1000], r15", "4d89bc2400100000", { $0.mov(Address(.r12, 0x1000), .r15) }),
        ("movnti [rsi+56], r8", "4c0fc34638", { $0.movnti(Address(.rsi, 56), .r8) }),
        ("mov ebx, 0x7fffffc0", "bbc0ffff7f", { $0.mov(.rbx, 0x7FFF_FFC0) }),
        ("mov r8, -2", "49c7c0feffffff", { $0.mov(.r8, UInt64(bitPattern: -2)) }),
        ("movabs r10, 0x8102030405060708", "49ba0807060504030281", { $0.mov(.r10, 0x8102_0304_0506_0708) }),
        ("mov dword ptr [rsp+12], 0x7f80", "c744240c807f0000", { $0.mov32(Address(.rsp, 12), 0x7F80) }),
        ("lea r13, [r13+r12*8-5]", "4f8d6ce5fb", { $0.lea(.r13, Address(.r13, index: .r12, scale: 3, -5)) }),
        ("lea r8, [r8+r9*1]", "4f8d0408", { $0.lea(.r8, Address(.r8, index: .r9)) }),
        ("lea eax, [r12+0x12345678]", "418d842478563412", { $0.lea32(.rax, Address(.r12, 0x1234_5678)) }),
        ("lea ecx, [r13+0]", "418d4d00", { $0.lea32(.rcx, Address(.r13)) }),
        ("xchg r14, r11", "4d87de", { $0.xchg(.r14, .r11) }),
        ("add r8, r15", "4d03c7", { $0.arithmetic(.add, .r8, .r15) }),
        ("xor eax, r10d", "4133c2", { $0.arithmetic32(.xor, .rax, .r10) }),
        ("xor r15, [rdi+rbx+56]", "4c337c1f38", { $0.arithmetic(.xor, .r15, Address(.rdi, index: .rbx, 56)) }),
        ("sub r9, [rsi+0x123458]", "4c2b8e58341200", { $0.arithmetic(.sub, .r9, Address(.rsi, 0x12_3458)) }),
        ("and r11, -128", "4983e380", { $0.arithmetic(.and, .r11, -128) }),
        ("add rax, 0x12345678", "480578563412", { $0.arithmetic(.add, .rax, 0x1234_5678) }),
        ("and ecx, 0x3ff8", "81e1f83f0000", { $0.arithmetic32(.and, .rcx, 0x3FF8) }),
        ("and eax, 0x1ffff8", "25f8ff1f00", { $0.arithmetic32(.and, .rax, 0x1F_FFF8) }),
        ("cmp rbx, 127", "4883fb7f", { $0.arithmetic(.cmp, .rbx, 127) }),
        ("cmp dword ptr [rsp+16], 1", "837c241001", { $0.cmp32(Address(.rsp, 16), 1) }),
        ("cmp rbx, rcx", "483bd9", { $0.arithmetic(.cmp, .rbx, .rcx) }),
        ("mov ecx, dword ptr [rsp+304]", "8b8c2430010000", { $0.mov32(.rcx, Address(.rsp, 304)) }),
        ("mov dword ptr [rsp+304], eax", "89842430010000", { $0.mov32(Address(.rsp, 304), .rax) }),
        ("movaps xmm11, [rsp+176]", "440f289c24b0000000", { $0.movaps(.xmm11, Address(.rsp, 176)) }),
        ("sub dword ptr [rsp+32], 1", "836c242001", { $0.sub32(Address(.rsp, 32), 1) }),
        ("test r9d, 0xff00", "41f7c100ff0000", { $0.test32(.r9, 0xFF00) }),
        ("neg r12", "49f7dc", { $0.neg(.r12) }),
        ("imul r13, r9", "4d0fafe9", { $0.imul(.r13, .r9) }),
        ("imul r8, [rsi+rax]", "4c0faf0406", { $0.imul(.r8, Address(.rsi, index: .rax)) }),
        ("imul r9, r9, -7", "4d6bc9f9", { $0.imul(.r9, .r9, -7) }),
        ("imul r12, r12, 0x12345678", "4d69e478563412", { $0.imul(.r12, .r12, 0x1234_5678) }),
        ("mul r14", "49f7e6", { $0.multiplyWide(signed: false, .r14) }),
        ("imul r14", "49f7ee", { $0.multiplyWide(signed: true, .r14) }),
        ("mul qword ptr [rsi+rcx]", "48f7240e", { $0.multiplyWide(signed: false, Address(.rsi, index: .rcx)) }),
        (
            "imul qword ptr [rsi+0x1ffff8]", "48f7aef8ff1f00",
            { $0.multiplyWide(signed: true, Address(.rsi, 0x1F_FFF8)) }
        ),
        ("ror r13, 63", "49c1cd3f", { $0.ror(.r13, 63) }),
        ("shl rcx, 6", "48c1e106", { $0.shl(.rcx, 6) }),
        ("shr rdx, 32", "48c1ea20", { $0.shr(.rdx, 32) }),
        ("ror r12, cl", "49d3cc", { $0.rorByCL(.r12) }),
        ("rol r15, cl", "49d3c7", { $0.rolByCL(.r15) }),
        ("addpd xmm3, xmm11", "66410f58db", { $0.pair(.add, .xmm3, .xmm11) }),
        ("subpd xmm0, xmm12", "66410f5cc4", { $0.pair(.sub, .xmm0, .xmm12) }),
        ("mulpd xmm7, xmm8", "66410f59f8", { $0.pair(.mul, .xmm7, .xmm8) }),
        ("divpd xmm4, xmm12", "66410f5ee4", { $0.pair(.div, .xmm4, .xmm12) }),
        ("sqrtpd xmm5, xmm5", "660f51ed", { $0.pair(.sqrt, .xmm5, .xmm5) }),
        ("andps xmm12, xmm13", "450f54e5", { $0.pair(.and, .xmm12, .xmm13) }),
        ("orps xmm4, xmm14", "410f56e6", { $0.pair(.or, .xmm4, .xmm14) }),
        ("xorps xmm2, xmm15", "410f57d7", { $0.pair(.xor, .xmm2, .xmm15) }),
        ("cvtdq2pd xmm12, [rsi+rax]", "f3440fe62406", { $0.cvtdq2pd(.xmm12, Address(.rsi, index: .rax)) }),
        ("cvtdq2pd xmm7, [rdx+56]", "f30fe67a38", { $0.cvtdq2pd(.xmm7, Address(.rdx, 56)) }),
        ("shufpd xmm6, xmm6, 1", "660fc6f601", { $0.swapHalves(.xmm6) }),
        ("movups xmm11, [rdx+240]", "440f109af0000000", { $0.movups(.xmm11, Address(.rdx, 240)) }),
        ("movups [rdx+128], xmm4", "0f11a280000000", { $0.movups(Address(.rdx, 128), .xmm4) }),
        ("movaps [rcx+48], xmm3", "0f295930", { $0.movaps(Address(.rcx, 48), .xmm3) }),
        ("movq xmm14, rax", "664c0f6ef0", { $0.movq(.xmm14, .rax) }),
        ("punpcklqdq xmm14, xmm12", "66450f6cf4", { $0.punpcklqdq(.xmm14, .xmm12) }),
        ("ldmxcsr [rsp+rax]", "0fae1404", { $0.ldmxcsr(Address(.rsp, index: .rax)) }),
        ("prefetchnta [rdi+rbp]", "0f18042f", { $0.prefetchnta(Address(.rdi, index: .rbp)) }),
        ("prefetcht0 [rdx]", "0f180a", { $0.prefetcht0(Address(.rdx)) }),
        ("push r12", "4154", { $0.push(.r12) }),
        ("pop rbp", "5d", { $0.pop(.rbp) }),
        ("ret", "c3", { $0.ret() }),
        ("call [rsp+48]", "ff542430", { $0.call(Address(.rsp, 48)) }),
        ("aesenc xmm0, xmm7", "660f38dcc7", { $0.aesenc(.xmm0, .xmm7) }),
        ("aesdec xmm3, xmm4", "660f38dedc", { $0.aesdec(.xmm3, .xmm4) }),
        ("aesenc xmm9, xmm12", "66450f38dccc", { $0.aesenc(.xmm9, .xmm12) }),
    ]

    @Test func everyInstruction() {
        for row in Self.rows { #expect(Hex.encode(Self.bytes(row.emit)) == row.bytes, "\(row.text)") }
    }

    /// A jump's distance counts from its end; near ones have one byte for it.
    @Test func jumpsBack() {
        func jump(after count: Int) -> [UInt8] {
            Array(
                Self.bytes { code in
                    for _ in 0..<count { code.ret() }
                    code.jumpBack(.zero, to: 0)
                }.dropFirst(count))
        }
        #expect(jump(after: 0) == [0x74, 0xFE])
        #expect(jump(after: 126) == [0x74, 0x80])
        #expect(jump(after: 127) == [0x0F, 0x84, 0x7B, 0xFF, 0xFF, 0xFF])
        #expect(Self.bytes { $0.jumpBack(.notZero, to: 0) } == [0x75, 0xFE])
    }

    @Test func jumpsAhead() {
        let bytes = Self.bytes { code in
            let over = code.jumpAhead(.notZero)
            for _ in 0..<127 { code.ret() }
            code.land(over)
            code.ret()
        }
        #expect(bytes == [0x75, 0x7F] + [UInt8](repeating: 0xC3, count: 128))
    }

    @Test func callsAndAlignment() {
        let bytes = Self.bytes { code in
            code.ret()
            code.align(8)
            code.call(0)
        }
        #expect(bytes == [0xC3] + [UInt8](repeating: 0x90, count: 7) + [0xE8, 0xF3, 0xFF, 0xFF, 0xFF])
    }

    private static func bytes(_ emit: (inout Assembler) -> Void) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 + Assembler.slack, alignment: 64)
        defer { memory.deallocate() }
        guard let start = memory.baseAddress else { return [] }
        var code = Assembler(start)
        emit(&code)
        return Array(memory.prefix(code.count))
    }
}
