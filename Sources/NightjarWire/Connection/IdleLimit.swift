/// How long a pool may send no new work before its connection counts as dead.
package struct IdleLimit: Sendable, Hashable {
    /// The limit is this many times the observed mean time between jobs.
    package var factor = 20
    /// The shortest limit.
    package var least: Duration = .seconds(120)
    /// The longest limit. It also holds while few jobs have come.
    package var most: Duration = .seconds(1800)
    /// The limit while no job has come. Pools send one with the login or right after it.
    package var first: Duration = .seconds(60)
    /// Jobs that are closer together count as one.
    package var burst: Duration = .seconds(1)

    package init() {}
}
