import NightjarCPU
import NightjarCore
import Testing

/// The encoder of AVX's form of instructions on doubles, and of arithmetic with a rounding mode of its own, against the
/// GNU assembler's bytes. ``RandomXJITAssemblerTests`` has SSE's form.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITAssemblerPairsTests {
    private static let rows: [(text: String, bytes: String, emit: @Sendable (inout Assembler) -> Void)] = [
        ("vaddpd xmm3, xmm3, xmm11", "c4c16158db", { $0.pair(.add, .xmm3, .xmm11) }),
        ("vsubpd xmm0, xmm0, xmm12", "c4c1795cc4", { $0.pair(.sub, .xmm0, .xmm12) }),
        ("vdivpd xmm4, xmm4, xmm12", "c4c1595ee4", { $0.pair(.div, .xmm4, .xmm12) }),
        ("vmulpd xmm7, xmm7, xmm2", "c5c159fa", { $0.pair(.mul, .xmm7, .xmm2) }),
        ("vsqrtpd xmm5, xmm5", "c5f951ed", { $0.pair(.sqrt, .xmm5, .xmm5) }),
        ("vandps xmm12, xmm12, xmm13", "c4411854e5", { $0.pair(.and, .xmm12, .xmm13) }),
        ("vorps xmm4, xmm4, xmm14", "c4c15856e6", { $0.pair(.or, .xmm4, .xmm14) }),
        ("vxorps xmm2, xmm2, xmm3", "c5e857d3", { $0.pair(.xor, .xmm2, .xmm3) }),
        ("vcvtdq2pd xmm12, [rsi+rax]", "c57ae62406", { $0.cvtdq2pd(.xmm12, Address(.rsi, index: .rax)) }),
        ("vcvtdq2pd xmm7, [rdx+56]", "c5fae67a38", { $0.cvtdq2pd(.xmm7, Address(.rdx, 56)) }),
        ("vmovups xmm11, [rdx+240]", "c578109af0000000", { $0.movups(.xmm11, Address(.rdx, 240)) }),
        ("vmovups [rdx+128], xmm4", "c5f811a280000000", { $0.movups(Address(.rdx, 128), .xmm4) }),
        ("vmovaps xmm8, [rsp+128]", "c57828842480000000", { $0.movaps(.xmm8, Address(.rsp, 128)) }),
        ("vmovaps [rbx+48], xmm3", "c5f8295b30", { $0.movaps(Address(.rbx, 48), .xmm3) }),
        ("vshufpd xmm6, xmm6, xmm6, 1", "c5c9c6f601", { $0.swapHalves(.xmm6) }),
        ("vmovq xmm13, rax", "c461f96ee8", { $0.movq(.xmm13, .rax) }),
        ("vpunpcklqdq xmm13, xmm13, xmm12", "c441116cec", { $0.punpcklqdq(.xmm13, .xmm12) }),
        ("vaesenc xmm0, xmm0, xmm4", "c4e279dcc4", { $0.aesenc(.xmm0, .xmm4) }),
        ("vaesdec xmm1, xmm1, xmm7", "c4e271decf", { $0.aesdec(.xmm1, .xmm7) }),
        ("vaddpd zmm3, zmm3, zmm11, {rn-sae}", "62d1e51858db", { $0.rounded(.add, .xmm3, .xmm11, mode: 0) }),
        ("vsubpd zmm0, zmm0, zmm12, {rd-sae}", "62d1fd385cc4", { $0.rounded(.sub, .xmm0, .xmm12, mode: 1) }),
        ("vmulpd zmm7, zmm7, zmm8, {ru-sae}", "62d1c55859f8", { $0.rounded(.mul, .xmm7, .xmm8, mode: 2) }),
        ("vdivpd zmm4, zmm4, zmm12, {rz-sae}", "62d1dd785ee4", { $0.rounded(.div, .xmm4, .xmm12, mode: 3) }),
        ("vsqrtpd zmm5, zmm5, {ru-sae}", "62f1fd5851ed", { $0.rounded(.sqrt, .xmm5, .xmm5, mode: 2) }),
        ("vaddpd zmm9, zmm9, zmm2, {rz-sae}", "6271b57858ca", { $0.rounded(.add, .xmm9, .xmm2, mode: 3) }),
        ("jmp [rsp+336]", "ffa42450010000", { $0.jump(Address(.rsp, 336)) }),
    ]

    @Test func everyInstruction() {
        for row in Self.rows { #expect(Hex.encode(Self.bytes(row.emit)) == row.bytes, "\(row.text)") }
    }

    /// The mode that an instruction gets later is the one that it could have got at once.
    @Test func roundingModes() {
        for mode in 0..<4 as Range<UInt8> {
            let later = Self.bytes { code in
                code.ret()
                code.rounded(.mul, .xmm6, .xmm9, mode: 0)
                code.setRounding(mode, at: 1)
            }
            #expect(later.dropFirst() == Self.bytes { $0.rounded(.mul, .xmm6, .xmm9, mode: mode) }[...])
        }
    }

    /// The jump's distance is from the copied code's beginning to the instruction after the jump.
    @Test func jumpsIntoCopies() {
        let bytes = Self.bytes { code in
            for _ in 0..<5 { code.ret() }
            code.jumpIntoCopy(of: 2)
            let size = code.count
            code.duplicate(3, size - 3)
        }
        let jump: [UInt8] = [0x48, 0x05, 11, 0, 0, 0, 0xFF, 0xE0]
        let ret: [UInt8] = [0xC3, 0xC3]
        #expect(bytes == [0xC3, 0xC3, 0xC3] + ret + jump + ret + jump)
    }

    private static func bytes(_ emit: (inout Assembler) -> Void) -> [UInt8] {
        let memory = AlignedMemory(256 + Assembler.slack)
        var code = Assembler(memory.pointer, usesAVX: true)
        emit(&code)
        return Array(memory.bytes.prefix(code.count))
    }
}
