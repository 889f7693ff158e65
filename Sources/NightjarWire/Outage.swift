/// What a user needs to know of an outage beside its reason.
package struct Outage: Sendable, Hashable {
    /// Whether there was a connection before, or this was a try to make one.
    package var wasConnected: Bool
    /// Seconds until the next try; `nil` when another pool is tried at once.
    package var nextTry: Double?
    /// How many times the list of pools was tried since there was a connection.
    package var attempt: Int

    package init(wasConnected: Bool = true, nextTry: Double? = nil, attempt: Int = 1) {
        self.wasConnected = wasConnected
        self.nextTry = nextTry
        self.attempt = attempt
    }
}
