/// Where the CPU has RandomX's dataset items from, for mining, for benchmarks, and for verifying or hashing many inputs.
/// The hashes are the same.
///
/// What a miner's devices find is verified in light mode. Single hashes and known answers are always light, too: they
/// would be over before a dataset is there.
public enum RandomXMode: String, Sendable, Hashable, CaseIterable {
    /// Computed from the cache as they are read: 256 MiB of memory for most variants.
    case light
    /// Read from memory, 2080 MiB more for most variants, which takes a while to fill: several times as fast
    /// afterwards.
    case full
    /// Full where it pays, light where so few hashes are wanted that filling the memory costs more than it gains.
    case automatic = "auto"
}
