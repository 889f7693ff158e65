/// What ``Lane/settle(_:)`` asks and reports while it works.
package struct Settling: Sendable {
    /// Whether to stop. It is called several times a second, from any thread.
    package let isCancelled: @Sendable () -> Bool
    /// Gets the progress, from 0 at the start to 1 at the end.
    package let progress: @Sendable (Double) -> Void

    package init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) {
        self.isCancelled = isCancelled
        self.progress = progress
    }
}

/// The result of ``Lane/settle(_:)``.
package enum Settlement: Sendable, Hashable {
    /// The lane is as fast as it can be.
    case settled
    /// Not now: call again after this time. The lane works meanwhile, but slower.
    case deferred(Duration)
    /// The lane stays slower, for a reason in one line.
    case refused(reason: String)
    /// It was cancelled. A later call for the same work can use what was done so far.
    case cancelled
}
