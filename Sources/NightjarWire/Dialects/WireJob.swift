/// What a dialect keeps of a job in its own format: enough to tell it from other jobs, and to submit shares for it.
package protocol WireJob: Sendable, Hashable {
    /// The pool's name for the job, raw: it goes back to the pool and is not shown.
    var name: String { get }
}
