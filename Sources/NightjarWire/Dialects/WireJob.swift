/// What a dialect keeps of a job in its own format: enough to tell it from other jobs, and to submit shares for it.
package protocol WireJob: Sendable, Hashable {
    /// The pool's name for the job, raw: it goes back to the pool and is not shown.
    var name: String { get }

    /// Whether the pool could not tell shares of this job from shares of a later one.
    func isReplaced(by later: Self) -> Bool
}

extension WireJob {
    package func isReplaced(by later: Self) -> Bool { name == later.name }
}
