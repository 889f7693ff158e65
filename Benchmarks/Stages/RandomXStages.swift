import CHashing
import NightjarAlgorithms
import NightjarCPU
import NightjarCore

extension Stage {
    /// RandomX from seed to hash. Stages that all variants share are timed only for rx/0; whole hashes are timed for
    /// variants that differ much.
    static var randomX: [Stage] {
        generators + programs(.rx0) + cache + [.rx0, .rx2, .rxWow].flatMap(hashes)
    }

    // MARK: AES generators

    private static var generators: [Stage] {
        Implementation.available.flatMap { implementation in
            let code: nj_implementation = implementation == .portable ? NJ_PORTABLE : NJ_NATIVE
            let size = 2 << 20
            return [
                generator("rx/0 fill 1R, 2 MiB, \(implementation)") { nj_rx_fill_1r(code, $0, $1, size) },
                generator("rx/0 fill 4R, one program, \(implementation)", isQuick: true) {
                    nj_rx_fill_4r(code, $1 + size, $0, $1, 128 + 8 * 256)
                },
                generator("rx/0 hash 1R, 2 MiB, \(implementation)") { nj_rx_hash_1r(code, $1, size, $0) },
                generator("rx/0 hash and fill 1R, 2 MiB, \(implementation)") {
                    nj_rx_hash_fill_1r(code, $1, size, $0, $0 + 64)
                },
            ]
        }
    }

    /// - Parameter run: gets two states of 64 bytes, and a little more than 2 MiB.
    private static func generator(
        _ name: String, isQuick: Bool = false,
        run: @escaping @Sendable (UnsafeMutablePointer<UInt8>, UnsafeMutableRawPointer) -> Void
    ) -> Stage {
        Stage(name, isQuick: isQuick) {
            let (state, memory) = (try StageMemory(128), try StageMemory(3 << 20))
            let bytes = state.start.assumingMemoryBound(to: UInt8.self)
            return {
                run(bytes, memory.start)
                return state.word
            }
        }
    }

    // MARK: Programs

    private static func programs(_ algorithm: Algorithm) -> [Stage] {
        guard let parameters = algorithm.randomX else { return [] }
        return [
            Stage("\(algorithm) decode, one program", isQuick: true) {
                let decoder = RandomXDecoder(parameters)
                let memory = try StageMemory(1 << 20)
                let a = (memory.start + (256 << 10)).assumingMemoryBound(to: UInt64.self)
                let instructions = (memory.start + (512 << 10))
                    .bindMemory(to: nj_rx_instruction.self, capacity: parameters.programSize)
                var turn = 0
                return {
                    // Use different programs: the processor's branch prediction would learn a repeated one.
                    let bytes = memory.start + turn % 64 * 4096
                    turn += 1
                    let program = decoder.configuration(bytes, a: a)
                    decoder.instructions(bytes + 128, into: instructions)
                    return program.dataset_offset ^ instructions[0].immediate
                }
            },
            // Run one iteration: loading and compiling then take almost all of the time.
            program("\(algorithm) load, compile and 1 iteration, one program", parameters.with(iterations: 1)),
            program(
                "\(algorithm) load, compile and \(parameters.programIterations) iterations, one program", parameters),
        ]
    }

    /// Runs one program after the other on a dataset of random bytes. The hashes are wrong, but take the same time.
    private static func program(_ name: String, _ parameters: RandomXParameters) -> Stage {
        Stage(name, isLarge: true) {
            let full = try FullMode(parameters)
            full.hasher.hasher.start(UnsafeRawBufferPointer(rebasing: full.scratchpad.bytes[..<76]))
            return {
                full.hasher.hasher.load()
                full.hasher.hasher.execute()
                full.hasher.hasher.reseed()
                return full.scratchpad.word
            }
        }
    }

    // MARK: Cache and dataset

    private static var cache: [Stage] {
        guard let parameters = Algorithm.rx0.randomX else { return [] }
        return [
            Stage("rx/0 Argon2d fill, 256 MiB") {
                let memory = try StageMemory(RandomXCache.memorySize(parameters))
                var seed: [UInt8] = [0]
                return {
                    seed[0] &+= 1
                    Argon2d(parameters, password: seed).fill(memory.start)
                    return memory.word
                }
            },
            Stage("rx/0 superscalar programs, one key") {
                var seed: [UInt8] = [0]
                return {
                    seed[0] &+= 1
                    var random = BlakeGenerator(seed: seed)
                    return (0..<parameters.cacheAccesses).reduce(0) { sum, _ in
                        sum &+ UInt64(SuperscalarGenerator.program(parameters, random: &random).addressRegister)
                    }
                }
            },
            Stage("rx/0 dataset items, 1024, interpreted") {
                let cache = try StageCache(parameters)
                let numbers = (0..<1024).map { UInt64($0) * 31 }
                return { cache.cache.items(numbers)[0] }
            },
            Stage("rx/0 dataset items, 16384, compiled") {
                let (cache, output) = (try StageCache(parameters), try StageMemory(1 << 20))
                let items = try CompiledItems(cache.cache)
                var first: UInt64 = 0
                return {
                    withExtendedLifetime(cache) { items.write(first..<first + 16384, to: output.start) }
                    first = (first + 16384) % (parameters.datasetItems - 16384)
                    return output.word
                }
            },
        ]
    }

    // MARK: Whole hashes

    private static func hashes(_ algorithm: Algorithm) -> [Stage] {
        guard let parameters = algorithm.randomX else { return [] }
        var stages = [
            Stage("\(algorithm) hash, full, compiled", isLarge: true) {
                let full = try FullMode(parameters)
                let input = StageInput()
                return { full.hasher.hash(input.next()).work }
            },
            Stage("\(algorithm) hash, light, compiled") {
                let (cache, scratchpad) = (try StageCache(parameters), try StageMemory(parameters.scratchpadL3))
                let hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpad.bytes)
                hasher.use(try CompiledItems(cache.cache))
                let input = StageInput()
                return { withExtendedLifetime((cache, scratchpad)) { hasher.hash(input.next()).work } }
            },
        ]
        stages += [1, 2, 4].map { width in
            Stage("\(algorithm) 8 hashes, full, compiled, \(width) side by side", isLarge: true) {
                let full = try FullMode(parameters, machines: width)
                let inputs = (0..<8).flatMap { [UInt8](repeating: $0, count: 76) }
                let digests = DigestBuffer(8)
                return {
                    inputs.withUnsafeBytes { full.hasher.hash($0, into: digests.buffer, width: width) }
                    return digests.buffer[7].work
                }
            }
        }
        stages += [2, 4, 8].filter { $0 <= RandomXCompiledHasher.mostTogether }.map { width in
            Stage("\(algorithm) hash, light, compiled, \(width) at once") {
                let cache = try StageCache(parameters), scratchpads = try StageMemory(width * parameters.scratchpadL3)
                let hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpads.bytes, machines: width)
                hasher.use(try CompiledItems(cache.cache))
                let input = StageInput(), digests = DigestBuffer(width)
                return {
                    let inputs = (0..<width).flatMap { _ in Array(input.next()) }
                    withExtendedLifetime((cache, scratchpads)) {
                        inputs.withUnsafeBytes { hasher.hash($0, into: digests.buffer, width: width) }
                    }
                    return digests.buffer[width - 1].work
                }
            }
        }
        guard algorithm == .rx0 || algorithm == .rx2 else { return stages }
        stages.append(
            Stage("\(algorithm) hash, light, interpreted") {
                let (cache, scratchpad) = (try StageCache(parameters), try StageMemory(parameters.scratchpadL3))
                let hasher = RandomXHasher(parameters, scratchpad: scratchpad.bytes)
                hasher.use(cache.cache)
                let input = StageInput()
                return { withExtendedLifetime((cache, scratchpad)) { hasher.hash(input.next()).work } }
            })
        return stages
    }
}

/// A cache with its memory.
private final class StageCache {
    let cache: RandomXCache
    private let memory: StageMemory

    init(_ parameters: RandomXParameters) throws {
        memory = try StageMemory(RandomXCache.memorySize(parameters))
        cache = RandomXCache(parameters, seed: [UInt8](repeating: 0, count: 32), memory: memory.bytes)
    }
}

/// A hasher of compiled programs in full mode, on a dataset of random bytes.
private final class FullMode {
    let hasher: RandomXCompiledHasher
    let scratchpad: StageMemory
    private let dataset: StageMemory

    init(_ parameters: RandomXParameters, machines: Int = 1) throws {
        dataset = try StageMemory(RandomXDataset.memorySize(parameters))
        scratchpad = try StageMemory(machines * parameters.scratchpadL3)
        hasher = try RandomXCompiledHasher(parameters, scratchpads: scratchpad.bytes, machines: machines)
        hasher.use(RandomXDataset(parameters, seed: [], memory: dataset.bytes))
    }
}

/// Room for digests.
private final class DigestBuffer {
    let buffer: UnsafeMutableBufferPointer<Digest>

    init(_ count: Int) {
        buffer = .allocate(capacity: count)
        buffer.initialize(repeating: Digest())
    }

    deinit { buffer.deallocate() }
}

/// Inputs like a block header, each with another nonce.
final class StageInput {
    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 76, alignment: 8)
    private var nonce: UInt32 = 0

    init() { bytes.initializeMemory(as: UInt8.self, repeating: 0) }

    deinit { bytes.deallocate() }

    func next() -> UnsafeRawBufferPointer {
        nonce += 1
        bytes.storeBytes(of: nonce, toByteOffset: 40, as: UInt32.self)
        return UnsafeRawBufferPointer(bytes)
    }
}

extension Algorithm {
    var randomX: RandomXParameters? {
        parameters as? RandomXParameters
    }
}

extension RandomXParameters {
    /// The same machine with shorter runs.
    fileprivate func with(iterations: Int) -> RandomXParameters {
        RandomXParameters(
            argonSalt: argonSalt, argonIterations: argonIterations, argonLanes: argonLanes, cacheKiB: cacheKiB,
            cacheAccesses: cacheAccesses, superscalarLatency: superscalarLatency, datasetBaseSize: datasetBaseSize,
            datasetExtraSize: datasetExtraSize, programCount: programCount, programIterations: iterations,
            programSize: programSize, scratchpadL3: scratchpadL3, scratchpadL2: scratchpadL2,
            scratchpadL1: scratchpadL1, jumpBits: jumpBits, jumpOffset: jumpOffset, frequencies: frequencies,
            generatorKeys: generatorKeys, mixing: mixing, prefetchRegister: prefetchRegister,
            roundingGuard: roundingGuard, hasCommitment: hasCommitment)
    }
}
