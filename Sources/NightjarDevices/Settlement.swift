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
