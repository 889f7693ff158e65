import NightjarCore
import NightjarOpenCL
import Testing

/// The host's signatures against the kernels' sources, which takes no device, and against a driver's compiler.
@Suite("Signatures of kernels", .timeLimit(.minutes(5)))
struct KernelSignatureTests {
    /// What the sources are compiled for, as far as signatures depend on it.
    struct Flavour: Sendable, CustomTestStringConvertible {
        let streams: Int
        let light: Bool

        var definitions: [String: Bool] { ["NJ_RX_STREAMS": streams > 0, "NJ_RX_LIGHT": light] }
        var testDescription: String { "streams \(streams), light \(light)" }

        /// Every kernel of this build.
        var signatures: [KernelSignature] {
            [
                CryptoNightKernels.absorb, CryptoNightKernels.explode, CryptoNightKernels.mainLoop,
                CryptoNightKernels.implode, CryptoNightKernels.finish,
                RandomXKernels.start, RandomXKernels.fill, RandomXKernels.generate, RandomXKernels.decode,
                RandomXKernels.reseed, RandomXKernels.split,
                RandomXKernels.execute(streams: streams, light: light),
                RandomXKernels.digest, RandomXKernels.finish, RandomXKernels.dataset,
                SHA256dKernels.scan, SHA256dKernels.any,
                ScryptKernels.start, ScryptKernels.mix, ScryptKernels.finish,
            ]
        }
    }

    static let flavours = [0, 1, 2].flatMap { streams in
        [false, true].map { Flavour(streams: streams, light: $0) }
    }

    @Test("Every kernel in Kernels has one, with the source's names, types and order", arguments: flavours)
    func sources(_ flavour: Flavour) throws {
        let signatures = Dictionary(uniqueKeysWithValues: flavour.signatures.map { ($0.name, $0) })
        let resolver = IncludeResolver(files: KernelSources.embedded)
        var found: Set<String> = []
        let paths = KernelSources.embedded.keys.filter { $0.hasSuffix(".cl") }
        for path in paths {
            for kernel in try SourceKernel.all(in: resolver.flatten(path), flavour.definitions) {
                let signature = try #require(signatures[kernel.name], "\(kernel.name) in \(path) has no signature")
                #expect(signature.declarations == kernel.declarations, "\(kernel.name) in \(path)")
                found.insert(kernel.name)
            }
        }
        #expect(paths.count > 30)
        #expect(found == Set(signatures.keys), "each signature has its kernel")
    }

    @Test("The memory's measurement has them, too")
    func memoryProbe() throws {
        let kernels = try SourceKernel.all(in: MemoryProbe.source, [:])
        let signatures = [MemoryProbe.fill, MemoryProbe.copy, MemoryProbe.random, MemoryProbe.integers]
        #expect(kernels.map(\.name) == signatures.map(\.name))
        #expect(kernels.map(\.declarations) == signatures.map(\.declarations))
    }

    @Test("A driver tells the same number and types", arguments: flavours)
    func programs(_ flavour: Flavour) throws {
        let device = try Fixture.device()
        let runtime = try Fixture.backend.runtime(of: device)
        /// Makes those kernels of a program, which compares each with what the driver tells of it.
        func compare(_ path: String, _ prelude: Prelude, _ signatures: [KernelSignature]) throws {
            let source = prelude.text + (try IncludeResolver(files: KernelSources.embedded).flatten(path))
            let program = try Program(
                runtime.context, source: source, options: runtime.quirks.buildOptions + " -cl-kernel-arg-info")
            for signature in signatures { _ = try Kernel(program, signature) }
        }
        let randomX = SmallRandomX.parameters()
        var launch = try RandomXLaunch(randomX, within: device.limits)
        launch.streams = flavour.streams
        let prelude = Prelude(randomX, launch: launch)
        try compare(
            "RandomX/Frame.cl", prelude,
            [
                RandomXKernels.start, RandomXKernels.fill, RandomXKernels.generate, RandomXKernels.decode,
                RandomXKernels.reseed, RandomXKernels.digest, RandomXKernels.finish,
            ])
        try compare("RandomX/Dataset.cl", prelude, [RandomXKernels.dataset])
        let execute = RandomXKernels.execute(streams: flavour.streams, light: flavour.light)
        try compare(
            "RandomX/Execute.cl", Prelude(randomX, launch: launch, light: flavour.light),
            flavour.streams > 0 ? [execute, RandomXKernels.split] : [execute])
        for base in [CryptoNightParameters.Base.v0, .gpu] {
            let parameters = CryptoNightParameters(
                base: base, features: base == .gpu ? .heavy : [], memory: 4096, iterations: 1, mask: 0xFC0)
            let prelude = Prelude(parameters, launch: try CryptoNightLaunch(parameters, within: device.limits))
            try compare(
                "CryptoNight/Frame.cl", prelude,
                [
                    CryptoNightKernels.absorb, CryptoNightKernels.explode, CryptoNightKernels.implode,
                    CryptoNightKernels.finish,
                ])
            try compare(parameters.mainLoopSource, prelude, [CryptoNightKernels.mainLoop])
        }
        let sha256d = Prelude(try SHA256dLaunch(within: device.limits))
        try compare("SHA256d/Scan.cl", sha256d, [SHA256dKernels.scan])
        try compare("SHA256d/Any.cl", sha256d, [SHA256dKernels.any])
        for items in [1, 4] {
            let launch = try ScryptLaunch(
                rows: 16, within: device.limits, settings: TuningSettings(["items": items]))
            try compare(
                "Scrypt/Frame.cl", Prelude(launch), [ScryptKernels.start, ScryptKernels.mix, ScryptKernels.finish])
        }
    }

    @Test("A source is read with its macros, conditions and comments")
    func reading() throws {
        let source = """
            // __kernel void comment(const uint no) {}
            #define TWO __global const ulong2 *a, \\
                const uint b
            #define UNUSED 1
            __kernel GROUP(8) void one(TWO,
            #if YES
                volatile __global uint* c, // why, with a comma
            #endif
            #if NO
                const uint d,
            #endif
                ulong e) { f(g, h); }
            __kernel void none(void) {}
            """
        let kernels = try SourceKernel.all(in: source, ["YES": true, "NO": false])
        #expect(kernels.map(\.name) == ["one", "none"])
        #expect(
            kernels.map(\.declarations) == [
                [
                    .init(name: "a", type: .buffer), .init(name: "b", type: .uint), .init(name: "c", type: .buffer),
                    .init(name: "e", type: .ulong),
                ], [],
            ])
        #expect(throws: SourceKernel.Unreadable.self) { try SourceKernel.all(in: source, ["YES": true]) }
        for unknown in ["const int a", "float a", "uint"] {
            #expect(throws: SourceKernel.Unreadable.self) {
                try SourceKernel.all(in: "__kernel void k(\(unknown)) {}", [:])
            }
        }
    }
}
