import NightjarOpenCL
import Testing

/// Arguments are set by name, and checked: what is wrong with one is an error that names the kernel and the argument.
@Suite("Arguments of kernels", .timeLimit(.minutes(5)))
struct KernelArgumentTests {
    private static let source = """
        __kernel void sum(__global ulong *out, const uint a, const ulong b) { out[0] = a + b; }

        """
    private static let out = KernelParameter<Buffer>("out")
    private static let a = KernelParameter<UInt32>("a")
    private static let b = KernelParameter<UInt64>("b")
    private static let signature = KernelSignature("sum", out, a, b)

    private let driver = FaultyDriver()
    private let runtime: DeviceRuntime
    private let program: Program

    init() throws {
        runtime = try DeviceRuntime(
            Fixture.device(), cacheDirectory: nil, extraSources: ["Tests/Sum.cl": Self.source], calls: driver.calls)
        program = try runtime.program("Tests/Sum.cl", prelude: Prelude())
    }

    private var sets: Int { driver.counts["clSetKernelArg", default: 0] }

    private func sum(_ kernel: Kernel, _ queue: Queue, _ out: Buffer) throws -> UInt64 {
        try queue.launch(kernel, items: 1, group: 1)
        var result: UInt64 = 0
        try withUnsafeMutableBytes(of: &result) { try queue.read(out, into: $0) }
        return result
    }

    @Test("An argument that the kernel does not have, or not of that type, is refused before any call")
    func refused() throws {
        let kernel = try Kernel(program, Self.signature)
        #expect(throws: CallFailure(call: "clSetKernelArg (sum, argument c)", code: -49)) {
            try kernel.set(KernelParameter<UInt32>("c"), 1)
        }
        #expect(throws: CallFailure(call: "clSetKernelArg (sum, argument a)", code: -51)) {
            try kernel.set(KernelParameter<UInt64>("a"), 1)
        }
        #expect(throws: CallFailure(call: "clSetKernelArg (sum, argument out)", code: -51)) {
            try kernel.set(KernelParameter<UInt32>("out"), 1)
        }
        #expect(sets == 0)
    }

    @Test("A launch with an argument that was never set is refused, and says which")
    func unset() throws {
        let kernel = try Kernel(program, Self.signature)
        let queue = try Queue(runtime.context)
        let out = try Buffer(runtime.context, bytes: 8, purpose: "test output")
        try kernel.set(Self.out, out)
        try kernel.set(Self.b, 1)
        #expect {
            try queue.launch(kernel, items: 1, group: 1)
        } throws: {
            "\($0)" == "clEnqueueNDRangeKernel (sum, argument a): CL_INVALID_KERNEL_ARGS (-52)"
        }
        #expect(driver.counts["clEnqueueNDRangeKernel"] == nil)
        try kernel.set(Self.a, 2)
        #expect(try sum(kernel, queue, out) == 3)
    }

    @Test("Arguments stay; what does not change costs no call, and what failed is set again")
    func unchanged() throws {
        let kernel = try Kernel(program, Self.signature)
        let queue = try Queue(runtime.context)
        let out = try Buffer(runtime.context, bytes: 8, purpose: "test output")
        func set(_ a: UInt32, _ b: UInt64) throws {
            try kernel.set(Self.out, out)
            try kernel.set(Self.a, a)
            try kernel.set(Self.b, b)
        }
        try set(1, 2)
        #expect(try sets == 3 && sum(kernel, queue, out) == 3)
        try set(1, 2)
        #expect(try sets == 3 && sum(kernel, queue, out) == 3)
        try set(5, 2)
        #expect(try sets == 4 && sum(kernel, queue, out) == 7)
        driver.fail("clSetKernelArg", code: -5)
        #expect(throws: CallFailure(call: "clSetKernelArg (sum, argument b)", code: -5)) { try set(5, 3) }
        #expect(throws: CallFailure(call: "clEnqueueNDRangeKernel (sum, argument b)", code: -52)) {
            try queue.launch(kernel, items: 1, group: 1)
        }
        try set(5, 2)
        #expect(try sets == 6 && sum(kernel, queue, out) == 7)
    }

    @Test("A kernel keeps its buffers until it is given others")
    func buffersStay() throws {
        let kernel = try Kernel(program, Self.signature)
        func buffer() throws -> Buffer { try Buffer(runtime.context, bytes: 8, purpose: "test output") }
        weak var first: Buffer?
        weak var second: Buffer?
        try {
            let buffer = try buffer()
            first = buffer
            try kernel.set(Self.out, buffer)
        }()
        #expect(first != nil)
        try {
            let buffer = try buffer()
            second = buffer
            try kernel.set(Self.out, buffer)
        }()
        #expect(first == nil && second != nil)
    }

    @Test("A signature that is not the kernel's is refused when the kernel is made")
    func mismatch() throws {
        #expect(
            throws: CallFailure(call: "clCreateKernel (sum has 3 arguments, the host sets 2)", code: -47)
        ) {
            try Kernel(program, KernelSignature("sum", Self.out, Self.a))
        }
        #expect(driver.retained == 2, "a context and a program: a kernel that is refused is released")
        // Drivers tell the types of a program that was built with this option.
        let telling = try Program(
            runtime.context, source: Self.source, options: "-cl-std=CL1.2 -cl-kernel-arg-info")
        let exchanged = KernelSignature("sum", Self.out, Self.b, Self.a)
        #expect(
            throws: CallFailure(
                call: "clCreateKernel (sum, argument 1 is uint, the host sets ulong b)", code: -47)
        ) {
            try Kernel(telling, exchanged)
        }
        #expect(throws: Never.self) { try Kernel(telling, Self.signature) }
        // Where a driver does not tell, the number of arguments is all that is compared.
        driver.fail("clGetKernelArgInfo", code: -19)
        #expect(throws: Never.self) { try Kernel(telling, exchanged) }
    }

    @Test("Types as sources and drivers spell them")
    func spellings() {
        for spelling in ["uint", "const uint", "unsigned int", "uint const"] {
            #expect(KernelParameterType(spelling: spelling) == .uint, "\(spelling)")
        }
        for spelling in ["ulong", "unsigned long"] { #expect(KernelParameterType(spelling: spelling) == .ulong) }
        for spelling in ["ulong*", "__global const ulong2 *", "uint *", "volatile __global uint *"] {
            #expect(KernelParameterType(spelling: spelling) == .buffer, "\(spelling)")
        }
        for spelling in ["", "int", "float", "size_t", "image2d_t"] {
            #expect(KernelParameterType(spelling: spelling) == nil, "\(spelling)")
        }
    }
}
