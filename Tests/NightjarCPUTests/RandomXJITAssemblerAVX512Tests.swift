import NightjarCPU
import NightjarCore
import Testing

/// The encoder of 512-bit vector instructions against the GNU assembler's bytes.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITAssemblerAVX512Tests {
    private static func v(_ number: UInt8) -> WideVector { WideVector(number) }

    private static let rows: [(text: String, bytes: String, emit: @Sendable (inout Assembler) -> Void)] = [
        ("vpaddq zmm1, zmm2, zmm3", "62f1ed48d4cb", { $0.wide(.add, v(1), v(2), v(3)) }),
        ("vpsubq zmm9, zmm18, zmm29", "6211ed40fbcd", { $0.wide(.sub, v(9), v(18), v(29)) }),
        ("vpandq zmm28, zmm11, zmm26", "6201a548dbe2", { $0.wide(.and, v(28), v(11), v(26)) }),
        ("vpxorq zmm8, zmm0, zmm16", "6231fd48efc0", { $0.wide(.xor, v(8), v(0), v(16)) }),
        ("vpmullq zmm5, zmm5, zmm2", "62f2d54840ea", { $0.wide(.multiply, v(5), v(5), v(2)) }),
        ("vpmuludq zmm31, zmm30, zmm7", "62618d40f4ff", { $0.wide(.multiplyLowHalves, v(31), v(30), v(7)) }),
        ("vpunpcklqdq zmm24, zmm16, zmm17", "6221fd406cc1", { $0.wide(.unpackLow, v(24), v(16), v(17)) }),
        ("vpunpckhqdq zmm15, zmm6, zmm23", "6231cd486dff", { $0.wide(.unpackHigh, v(15), v(6), v(23)) }),
        (
            "vpaddq zmm4, zmm4, qword ptr [rdx]{1to8}", "62f1dd58d422",
            { $0.wide(.add, v(4), v(4), word: Address(.rdx)) }
        ),
        (
            "vpxorq zmm7, zmm0, qword ptr [rdx+1016]{1to8}", "62f1fd58ef7a7f",
            { $0.wide(.xor, v(7), v(0), word: Address(.rdx, 1016)) }
        ),
        (
            "vpmullq zmm3, zmm3, qword ptr [rdx+1024]{1to8}", "62f2e558409a00040000",
            { $0.wide(.multiply, v(3), v(3), word: Address(.rdx, 1024)) }
        ),
        (
            "vpandq zmm17, zmm16, qword ptr [r12+4]{1to8}", "62c1fd50db8c2404000000",
            { $0.wide(.and, v(17), v(16), word: Address(.r12, 4)) }
        ),
        (
            "vpaddq zmm1, zmm2, qword ptr [r13-1024]{1to8}", "62d1ed58d44d80",
            { $0.wide(.add, v(1), v(2), word: Address(.r13, -1024)) }
        ),
        ("vpsubq zmm20{k1}, zmm20, zmm1", "62e1dd41fbe1", { $0.wide(.sub, v(20), v(20), v(1), mask: 1) }),
        ("vpsubq zmm6{k7}, zmm21, zmm9", "62d1d547fbf1", { $0.wide(.sub, v(6), v(21), v(9), mask: 7) }),
        ("vpsllq zmm16, zmm7, 6", "62f1fd4073f706", { $0.wideShiftLeft(v(16), v(7), 6) }),
        ("vpsllq zmm2, zmm25, 63", "6291ed4873f13f", { $0.wideShiftLeft(v(2), v(25), 63) }),
        ("vpsrlq zmm17, zmm1, 32", "62f1f54073d120", { $0.wideShiftRight(v(17), v(1), 32) }),
        ("vpsrlq zmm9, zmm31, 1", "6291b54873d701", { $0.wideShiftRight(v(9), v(31), 1) }),
        ("vprorq zmm5, zmm5, 45", "62f1d54872c52d", { $0.wideRotateRight(v(5), v(5), 45) }),
        ("vprorq zmm19, zmm10, 1", "62d1e54072c201", { $0.wideRotateRight(v(19), v(10), 1) }),
        ("vpmovq2m k1, zmm5", "62f2fe4839cd", { $0.wideSigns(mask: 1, v(5)) }),
        ("vpmovq2m k7, zmm28", "6292fe4839fc", { $0.wideSigns(mask: 7, v(28)) }),
        ("vshufi64x2 zmm0, zmm24, zmm25, 0x88", "6293bd4043c188", { $0.wideParts(odd: false, v(0), v(24), v(25)) }),
        ("vshufi64x2 zmm17, zmm1, zmm30, 0xdd", "6283f54843cedd", { $0.wideParts(odd: true, v(17), v(1), v(30)) }),
        ("vmovdqu64 zmm16, [rdi+rax]", "62e1fe486f0407", { $0.wideLoad(v(16), Address(.rdi, index: .rax)) }),
        ("vmovdqu64 zmm3, [rcx+64]", "62f1fe486f5901", { $0.wideLoad(v(3), Address(.rcx, 64)) }),
        (
            "vmovdqu64 zmm30, [r13+r9*8+8]", "6201fe486fb4cd08000000",
            { $0.wideLoad(v(30), Address(.r13, index: .r9, scale: 3, 8)) }
        ),
        ("vmovdqu64 [rcx+576], zmm7", "62f1fe487f7909", { $0.wideStore(Address(.rcx, 576), v(7)) }),
        ("vmovdqu64 [rsp+8192], zmm22", "62e1fe487fb42400200000", { $0.wideStore(Address(.rsp, 8192), v(22)) }),
        ("vmovntpd [rsi+448], zmm16", "62e1fd482b4607", { $0.wideStoreRound(Address(.rsi, 448), v(16)) }),
        ("vmovntpd [r14], zmm1", "62d1fd482b0e", { $0.wideStoreRound(Address(.r14), v(1)) }),
    ]

    @Test func everyInstruction() {
        for row in Self.rows {
            let memory = AlignedMemory(64 + Assembler.slack)
            var code = Assembler(memory.pointer)
            row.emit(&code)
            #expect(Hex.encode(Array(memory.bytes.prefix(code.count))) == row.bytes, "\(row.text)")
        }
    }
}
