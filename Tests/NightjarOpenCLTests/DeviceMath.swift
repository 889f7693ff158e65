import NightjarCore
import NightjarOpenCL
import NightjarPlatform
import Synchronization
import Testing

/// Runs the kernels' building blocks one by one: small entry points around the real sources.
struct DeviceMath {
    let runtime: DeviceRuntime
    private let queue: Queue
    private let program: Program

    /// One runtime for each device, so that a program is compiled once.
    private static let runtimes = Locked<[DeviceID: DeviceRuntime]>([:])

    /// How numbers are rounded.
    enum Rounding: String {
        case portable
        case ptx = "PTX"
        case gcn = "AMD's instructions"

        /// Those that the device's compiler accepts.
        static func paths(_ device: OpenCLDevice) -> [Rounding] {
            [.portable] + (device.limits.acceptsPTX ? [.ptx] : []) + (device.limits.acceptsGCN ? [.gcn] : [])
        }
    }

    /// - Parameter source: the entry points: ``integers`` or ``doubles``.
    init(_ device: OpenCLDevice, source: String = Self.integers, rounding: Rounding = .portable) throws {
        runtime = try Self.runtimes.withLock { runtimes in
            if let runtime = runtimes[device.id] { return runtime }
            let runtime = try DeviceRuntime(device, cacheDirectory: nil, extraSources: Self.sources)
            runtimes[device.id] = runtime
            return runtime
        }
        queue = try Queue(runtime.context)
        var prelude = Prelude()
        prelude.definitions = [
            ("NJ_USES_PTX", rounding == .ptx ? "1" : "0"), ("NJ_USES_GCN", rounding == .gcn ? "1" : "0"),
        ]
        program = try runtime.program(source, prelude: prelude)
    }

    /// Gives each work-item its `input.count / items` words, and takes `words` from each.
    func callAsFunction(_ kernel: String, _ input: [UInt64], items: Int, words: Int, group: Int = 1) throws -> [UInt64]
    {
        let source = try Buffer(runtime.context, bytes: input.count * 8, purpose: "test input")
        let result = try Buffer(runtime.context, bytes: items * words * 8, purpose: "test output")
        try input.withUnsafeBytes { try queue.write($0, to: source) }
        let kernel = try Kernel(program, KernelSignature(kernel, Self.input, Self.output))
        try kernel.set(Self.input, source)
        try kernel.set(Self.output, result)
        try queue.launch(kernel, items: items, group: group)
        var output = [UInt64](repeating: 0, count: items * words)
        try output.withUnsafeMutableBytes { try queue.read(result, into: $0) }
        return output
    }

    private static let input = KernelParameter<Buffer>("in")
    private static let output = KernelParameter<Buffer>("out")

    static let integers = "Tests/Integers.cl"
    static let doubles = "Tests/Doubles.cl"

    private static let sources = [
        integers: integersText,
        // Five results in four rounding modes, of two operands.
        doubles: """
        #include "Primitives/DirectedRounding.cl"

        __kernel void directed_rounding(__global const double *in, __global double *out) {
            const size_t item = get_global_id(0);
            const double a = in[2 * item], b = in[2 * item + 1];
            for (uint mode = 0; mode < 4; ++mode) {
                __global double *results = out + 20 * item + 5 * mode;
                results[0] = nj_round_add(a, b, mode);
                results[1] = nj_round_subtract(a, b, mode);
                results[2] = nj_round_multiply(a, b, mode);
                // The form that is a sum or a product must be the same as both. Else no result is a number.
                const double sum = nj_round_sum_or_product(a, b, false, mode);
                const double product = nj_round_sum_or_product(a, b, true, mode);
                if (as_ulong(sum) != as_ulong(results[0]) || as_ulong(product) != as_ulong(results[2]))
                    results[0] = results[2] = NAN;
                results[3] = nj_round_divide(a, b, mode);
                results[4] = nj_round_sqrt(a, mode);
            }
        }
        """,
    ]

    private static let integersText = """
        #include "Primitives/AES.cl"
        #include "Primitives/Argon2d.cl"
        #include "Primitives/Blake256.cl"
        #include "Primitives/Groestl256.cl"
        #include "Primitives/JH256.cl"
        #include "Primitives/Keccak.cl"
        #include "Primitives/Skein512.cl"
        #include "CryptoNight/Float.cl"
        #include "CryptoNight/IntegerMath.cl"

        __kernel void keccak_f(__global const ulong *in, __global ulong *out) {
            const size_t at = get_global_id(0) * 25;
            ulong state[25];
            for (uint i = 0; i < 25; ++i) state[i] = in[at + i];
            nj_keccak_f1600(state);
            for (uint i = 0; i < 25; ++i) out[at + i] = state[i];
        }

        #define OF_STATE(name, function)                                       \\
            __kernel void name(__global const ulong *in, __global ulong *out) { \\
                const size_t item = get_global_id(0);                          \\
                ulong state[25], digest[4];                                    \\
                for (uint i = 0; i < 25; ++i) state[i] = in[item * 25 + i];    \\
                function(state, digest);                                       \\
                for (uint i = 0; i < 4; ++i) out[item * 4 + i] = digest[i];    \\
            }
        OF_STATE(blake256, nj_blake256_of_state)
        OF_STATE(groestl256, nj_groestl256_of_state)
        OF_STATE(jh256, nj_jh256_of_state)
        OF_STATE(skein512, nj_skein512_of_state)

        __kernel void aes_round(__global const ulong *in, __global ulong *out) {
            __local uint table[NJ_AES_TABLE_WORDS];
            nj_aes_load(table);
            const size_t item = get_global_id(0);
            const uint4 block = as_uint4((ulong2)(in[4 * item], in[4 * item + 1]));
            const uint4 key = as_uint4((ulong2)(in[4 * item + 2], in[4 * item + 3]));
            const ulong2 result = as_ulong2(nj_aes_round(table, block, key));
            out[2 * item] = result.x;
            out[2 * item + 1] = result.y;
        }

        __kernel void aes_inverse_round(__global const ulong *in, __global ulong *out) {
            __local uint table[NJ_AES_TABLE_WORDS];
            nj_aes_load_inverse(table);
            const size_t item = get_global_id(0);
            const uint4 block = as_uint4((ulong2)(in[4 * item], in[4 * item + 1]));
            const uint4 key = as_uint4((ulong2)(in[4 * item + 2], in[4 * item + 3]));
            const ulong2 result = as_ulong2(nj_aes_inverse_round(table, block, key));
            out[2 * item] = result.x;
            out[2 * item + 1] = result.y;
        }

        __kernel void aes_expand(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            ulong key[4];
            uint4 round_keys[10];
            for (uint i = 0; i < 4; ++i) key[i] = in[4 * item + i];
            nj_aes_expand(key, round_keys);
            for (uint i = 0; i < 10; ++i) {
                const ulong2 words = as_ulong2(round_keys[i]);
                out[20 * item + 2 * i] = words.x;
                out[20 * item + 2 * i + 1] = words.y;
            }
        }

        // 64 words each: digest length, message length, then the message. 8 words out.
        __kernel void blake2b(__global const ulong *in, __global ulong *out) {
            __global const ulong *item = in + get_global_id(0) * 64;
            ulong chain[8], block[16];
            nj_blake2b_start(chain, (uint)item[0]);
            const ulong length = item[1];
            ulong at = 0;
            do {
                for (uint i = 0; i < 16; ++i) block[i] = item[2 + at / 8 + i];
                at += 128;
                nj_blake2b_compress(chain, block, min(at, length), at >= length);
            } while (at < length);
            for (uint i = 0; i < 8; ++i) out[get_global_id(0) * 8 + i] = chain[i];
        }

        // Lanes, blocks a lane, passes, then the prehash. All blocks out.
        __kernel void argon2d(__global const ulong *in, __global ulong *out) {
            ulong prehash[8];
            for (uint i = 0; i < 8; ++i) prehash[i] = in[3 + i];
            nj_argon2d_start(out, prehash, (uint)in[0], (uint)in[1]);
            nj_argon2d_passes(out, (uint)in[0], (uint)in[1], (uint)in[2]);
        }

        __kernel void root(__global const ulong *in, __global ulong *out) {
            out[get_global_id(0)] = nj_cn_root(in[get_global_id(0)]);
        }

        // Four dividends and four divisors as floats, then the guess's error in units of the last place.
        __kernel void nearest_quotient(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            const float4 n = as_float4((ulong2)(in[5 * item], in[5 * item + 1]));
            const float4 d = as_float4((ulong2)(in[5 * item + 2], in[5 * item + 3]));
            const float4 guess = as_float4(as_int4(n / d) + (int)in[5 * item + 4]);
            const ulong2 result = as_ulong2(nj_cn_nearest_quotient(n, d, guess));
            out[2 * item] = result.x;
            out[2 * item + 1] = result.y;
        }

        // Dividend and divisor, then the reciprocal's error in units of the last place.
        __kernel void divide_by_reciprocal(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            const uint divisor = (uint)in[3 * item + 1];
            const float inverse = as_float(as_int(1.0f / (float)divisor) + (int)in[3 * item + 2]);
            out[item] = nj_cn_divide_by_reciprocal(in[3 * item], divisor, inverse);
        }

        __kernel void divide_signed_by_reciprocal(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            const int divisor = (int)in[3 * item + 1];
            const float inverse = as_float(as_int(1.0f / (float)nj_cn_size(divisor)) + (int)in[3 * item + 2]);
            out[item] = nj_cn_divide_signed_by_reciprocal((long)in[3 * item], divisor, inverse);
        }

        __kernel void divide_signed(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            out[item] = nj_cn_divide_signed((long)in[2 * item], (int)in[2 * item + 1]);
        }

        __kernel void divide(__global const ulong *in, __global ulong *out) {
            const size_t item = get_global_id(0);
            out[item] = nj_cn_divide(in[2 * item], (uint)in[2 * item + 1]);
        }
        """
}

/// Bytes as little-endian words; their number is a multiple of 8.
func words(_ bytes: [UInt8]) -> [UInt64] {
    stride(from: 0, to: bytes.count, by: 8).map { start in
        bytes[start..<(start + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Words as little-endian bytes.
func bytes(_ words: some Sequence<UInt64>) -> [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
}
