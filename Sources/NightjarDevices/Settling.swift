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
