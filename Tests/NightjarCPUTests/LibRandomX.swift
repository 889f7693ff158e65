import Glibc

/// The reference implementation (Debian's `librandomx0`, tevador/RandomX 1.1), which knows rx/0. It is loaded at run
/// time: a library that is linked would be asked of everyone who builds this package.
///
/// Each object belongs to one thread at a time.
final class LibRandomX {
    /// What `randomx.h` declares, as far as it is used here. Objects are opaque.
    private struct Functions {
        typealias Object = OpaquePointer
        let getFlags: @convention(c) () -> Int32
        let allocCache: @convention(c) (Int32) -> Object?
        let initCache: @convention(c) (Object, UnsafeRawPointer?, Int) -> Void
        let releaseCache: @convention(c) (Object) -> Void
        let createVM: @convention(c) (Int32, Object, Object?) -> Object?
        let setCache: @convention(c) (Object, Object) -> Void
        let destroyVM: @convention(c) (Object) -> Void
        let hash: @convention(c) (Object, UnsafeRawPointer?, Int, UnsafeMutableRawPointer) -> Void

        init(_ path: String) throws(LibRandomXError) {
            guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
                throw LibRandomXError(
                    reason: "dlopen: \(Self.error); Debian's package librandomx0 has it (make setup-test)")
            }
            // Never closed: the functions are used as long as the process lives.
            func function<Function>(_ name: String, as: Function.Type) throws(LibRandomXError) -> Function {
                guard let symbol = dlsym(library, name) else { throw LibRandomXError(reason: "dlsym: \(Self.error)") }
                return unsafeBitCast(symbol, to: Function.self)
            }
            getFlags = try function("randomx_get_flags", as: (@convention(c) () -> Int32).self)
            allocCache = try function("randomx_alloc_cache", as: (@convention(c) (Int32) -> Object?).self)
            initCache = try function(
                "randomx_init_cache", as: (@convention(c) (Object, UnsafeRawPointer?, Int) -> Void).self)
            releaseCache = try function("randomx_release_cache", as: (@convention(c) (Object) -> Void).self)
            createVM = try function(
                "randomx_create_vm", as: (@convention(c) (Int32, Object, Object?) -> Object?).self)
            setCache = try function("randomx_vm_set_cache", as: (@convention(c) (Object, Object) -> Void).self)
            destroyVM = try function("randomx_destroy_vm", as: (@convention(c) (Object) -> Void).self)
            hash = try function(
                "randomx_calculate_hash",
                as: (@convention(c) (Object, UnsafeRawPointer?, Int, UnsafeMutableRawPointer) -> Void).self)
        }

        private static var error: String { dlerror().map { String(cString: $0) } ?? "no reason given" }
    }

    private let functions: Functions
    private let cache: OpaquePointer
    private let machine: OpaquePointer

    /// A machine in light mode, with all that the library finds the processor able to, for the key `seed`.
    ///
    /// - Throws: when the library is not there, or refuses.
    init(seed: [UInt8]) throws(LibRandomXError) {
        functions = try Functions("librandomx.so.0")
        let flags = functions.getFlags()
        guard let cache = functions.allocCache(flags) else {
            throw LibRandomXError(reason: "randomx_alloc_cache: null")
        }
        functions.initCache(cache, seed, seed.count)
        guard let machine = functions.createVM(flags, cache, nil) else {
            functions.releaseCache(cache)
            throw LibRandomXError(reason: "randomx_create_vm: null")
        }
        self.cache = cache
        self.machine = machine
    }

    deinit {
        functions.destroyVM(machine)
        functions.releaseCache(cache)
    }

    /// Another key from now on.
    func use(seed: [UInt8]) {
        functions.initCache(cache, seed, seed.count)
        functions.setCache(machine, cache)
    }

    /// The hash of `input`, 32 bytes.
    func hash(_ input: [UInt8]) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: 32)
        functions.hash(machine, input, input.count, &hash)
        return hash
    }
}

struct LibRandomXError: Error, CustomStringConvertible {
    let reason: String
    var description: String { "librandomx: \(reason)" }
}
