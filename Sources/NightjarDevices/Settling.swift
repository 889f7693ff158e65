/// What ``Lane/settle(_:)`` asks and tells while it works.
package struct Settling: Sendable {
    /// Asked several times a second, from any thread: whether to give up.
    package let isCancelled: @Sendable () -> Bool
    /// Told how far it is, from 0, where something is begun, to 1, where it is done.
    package let progress: @Sendable (Double) -> Void

    package init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.isCancelled = isCancelled
        self.progress = progress
    }
}

/// What came of ``Lane/settle(_:)``.
package enum Settlement: Sendable, Hashable {
    /// The lane is as fast as it gets.
    case settled
    /// Not now: to be asked again after so long. The lane works meanwhile, slower.
    case deferred(Duration)
    /// The lane stays slower, for a reason in one line.
    case refused(reason: String)
    /// It was told to give up. What was done so far is of use if the same is asked for again.
    case cancelled
}
