/// Where the CPU has RandomX's dataset items from, for mining and for benchmarks. The hashes are the same.
///
/// Verifying, single hashes and known answers are always light: they would be over before a dataset is there.
public enum RandomXMode: String, Sendable, Hashable, CaseIterable {
    /// Computed from the cache as they are read: 256 MiB of memory for most variants.
    case light
    /// Read from memory, 2080 MiB more for most variants, which takes a while to fill: several times as fast
    /// afterwards.
    case full
    /// Full where it pays, light where so few hashes are wanted that filling the memory costs more than it gains.
    case automatic = "auto"
}

/// What ``Lane/settle(_:)`` asks and tells while it works.
public struct Settling: Sendable {
    /// Asked several times a second, from any thread: whether to give up.
    public let isCancelled: @Sendable () -> Bool
    /// Told how far it is, from 0, where something is begun, to 1, where it is done.
    public let progress: @Sendable (Double) -> Void

    public init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.isCancelled = isCancelled
        self.progress = progress
    }
}

/// What came of ``Lane/settle(_:)``.
public enum Settlement: Sendable, Hashable {
    /// The lane is as fast as it gets.
    case settled
    /// Not now: to be asked again after so long. The lane works meanwhile, slower.
    case deferred(Duration)
    /// The lane stays slower, for a reason in one line.
    case refused(reason: String)
    /// It was told to give up. What was done so far is of use if the same is asked for again.
    case cancelled
}
