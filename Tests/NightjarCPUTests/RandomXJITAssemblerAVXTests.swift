import NightjarCPU
import NightjarCore
import Testing

/// The encoder of vector instructions against the GNU assembler's bytes.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITAssemblerAVXTests {
    private static let rows: [(text: String, bytes: String, emit: @Sendable (inout Assembler) -> Void)] = [
        ("vpaddq ymm1, ymm2, ymm3", "c5edd4cb", { $0.vector(.add, .xmm1, .xmm2, .xmm3) }),
        ("vpsubq ymm9, ymm2, ymm13", "c4416dfbcd", { $0.vector(.sub, .xmm9, .xmm2, .xmm13) }),
        ("vpand ymm12, ymm11, ymm10", "c44125dbe2", { $0.vector(.and, .xmm12, .xmm11, .xmm10) }),
        ("vpor ymm0, ymm15, ymm7", "c585ebc7", { $0.vector(.or, .xmm0, .xmm15, .xmm7) }),
        ("vpxor ymm8, ymm0, ymm0", "c57defc0", { $0.vector(.xor, .xmm8, .xmm0, .xmm0) }),
        ("vpmuludq ymm3, ymm3, ymm14", "c4c165f4de", { $0.vector(.multiplyLowHalves, .xmm3, .xmm3, .xmm14) }),
        ("vpmulld ymm10, ymm4, ymm5", "c4625d40d5", { $0.vector(.multiply32, .xmm10, .xmm4, .xmm5) }),
        ("vpshufb ymm2, ymm2, ymm8", "c4c26d00d0", { $0.vector(.shuffleBytes, .xmm2, .xmm2, .xmm8) }),
        ("vpunpcklqdq ymm8, ymm1, ymm2", "c5756cc2", { $0.vector(.unpackLow, .xmm8, .xmm1, .xmm2) }),
        ("vpunpckhqdq ymm9, ymm13, ymm14", "c441156dce", { $0.vector(.unpackHigh, .xmm9, .xmm13, .xmm14) }),
        ("vpaddq ymm5, ymm5, [rdi+32]", "c5d5d46f20", { $0.vector(.add, .xmm5, .xmm5, Address(.rdi, 32)) }),
        (
            "vpxor ymm12, ymm7, [rsp+0x12340]", "c545efa42440230100",
            { $0.vector(.xor, .xmm12, .xmm7, Address(.rsp, 0x1_2340)) }
        ),
        ("vpmulld ymm1, ymm14, [r13]", "c4c20d404d00", { $0.vector(.multiply32, .xmm1, .xmm14, Address(.r13)) }),
        (
            "vpand ymm3, ymm2, [r12+r9*8-128]", "c4816ddb5ccc80",
            { $0.vector(.and, .xmm3, .xmm2, Address(.r12, index: .r9, scale: 3, -128)) }
        ),
        (
            "vpaddq ymm3, ymm2, [rax+r9*2]", "c4a16dd41c48",
            { $0.vector(.add, .xmm3, .xmm2, Address(.rax, index: .r9, scale: 1)) }
        ),
        ("vpsllq ymm9, ymm3, 32", "c5b573f320", { $0.vectorShiftLeft(.xmm9, .xmm3, 32) }),
        ("vpsllq ymm2, ymm12, 63", "c4c16d73f43f", { $0.vectorShiftLeft(.xmm2, .xmm12, 63) }),
        ("vpsrlq ymm4, ymm5, 1", "c5dd73d501", { $0.vectorShiftRight(.xmm4, .xmm5, 1) }),
        ("vpsrlq ymm15, ymm8, 32", "c4c10573d020", { $0.vectorShiftRight(.xmm15, .xmm8, 32) }),
        ("vpshufd ymm6, ymm11, 0xb1", "c4c17d70f3b1", { $0.vectorSwapHalves(.xmm6, .xmm11) }),
        ("vblendvpd ymm11, ymm8, ymm3, ymm14", "c4633d4bdbe0", { $0.vectorSelect(.xmm11, .xmm8, .xmm3, sign: .xmm14) }),
        ("vmovdqa ymm7, [rsi+224]", "c5fd6fbee0000000", { $0.vectorLoad(.xmm7, Address(.rsi, 224)) }),
        ("vmovdqa ymm13, [rsp+0]", "c57d6f2c24", { $0.vectorLoad(.xmm13, Address(.rsp)) }),
        ("vmovdqa [rsi+96], ymm3", "c5fd7f5e60", { $0.vectorStore(Address(.rsi, 96), .xmm3) }),
        ("vmovdqa [r14+96], ymm13", "c4417d7f6e60", { $0.vectorStore(Address(.r14, 96), .xmm13) }),
        ("vmovntdq [rcx+160], ymm12", "c57de7a1a0000000", { $0.vectorStoreRound(Address(.rcx, 160), .xmm12) }),
        ("vmovdqu xmm8, [rcx+48]", "c57a6f4130", { $0.vectorLoadHalf(.xmm8, Address(.rcx, 48)) }),
        ("vmovdqu xmm3, [r15]", "c4c17a6f1f", { $0.vectorLoadHalf(.xmm3, Address(.r15)) }),
        (
            "vinserti128 ymm8, ymm8, [rbx+48], 1", "c4633d38433001",
            { $0.vectorInsertHigh(.xmm8, .xmm8, Address(.rbx, 48)) }
        ),
        (
            "vperm2i128 ymm12, ymm8, ymm10, 0x20", "c4433d46e220",
            { $0.vectorHalves(high: false, .xmm12, .xmm8, .xmm10) }
        ),
        ("vperm2i128 ymm1, ymm9, ymm2, 0x31", "c4e33546ca31", { $0.vectorHalves(high: true, .xmm1, .xmm9, .xmm2) }),
        ("vpbroadcastq ymm0, [rsp+72]", "c4e27d59442448", { $0.vectorBroadcast(.xmm0, Address(.rsp, 72)) }),
        ("vzeroupper", "c5f877", { $0.vzeroupper() }),
        ("mulx r13, rax, r8", "c442fbf6e8", { $0.mulx(high: .r13, low: .rax, .r8) }),
        ("mulx rcx, r9, rbx", "c4e2b3f6cb", { $0.mulx(high: .rcx, low: .r9, .rbx) }),
        ("mulx r9, rax, [rsi+rcx]", "c462fbf60c0e", { $0.mulx(high: .r9, low: .rax, Address(.rsi, index: .rcx)) }),
        (
            "mulx r13, rax, [rsi+0x1234]", "c462fbf6ae34120000",
            { $0.mulx(high: .r13, low: .rax, Address(.rsi, 0x1234)) }
        ),
        (
            "mulx r8, rdx, [r13+r12*4+8]", "c402ebf644a508",
            { $0.mulx(high: .r8, low: .rdx, Address(.r13, index: .r12, scale: 2, 8)) }
        ),
        ("rorx rax, r11, 47", "c4c3fbf0c32f", { $0.rorx(.rax, .r11, 47) }),
        ("rorx r9, rcx, 0", "c463fbf0c900", { $0.rorx(.r9, .rcx, 0) }),
        ("lea rdi, [rip-0x1007]", "488d3df9efffff", { $0.lea(.rdi, offset: -0x1000) }),
        ("lea r9, [rip+0x93]", "4c8d0d93000000", { $0.lea(.r9, offset: 0x9A) }),
    ]

    @Test func everyInstruction() {
        for row in Self.rows { #expect(Hex.encode(Self.bytes(row.emit)) == row.bytes, "\(row.text)") }
    }

    /// Instructions of every length that there is, copied from other code.
    @Test func copies() {
        let source = (1...16).map { UInt8($0) }
        for count in 1...15 {
            let bytes = source.withUnsafeBytes { source in
                Self.bytes { code in
                    if let start = source.baseAddress { code.copy(start, count) }
                    code.ret()
                }
            }
            #expect(bytes == source.prefix(count) + [0xC3])
        }
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
