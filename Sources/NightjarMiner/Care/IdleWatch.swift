import NightjarPlatform

/// Asks logind whether the machine is used.
///
/// The machine counts as used until every session says that it is idle: a desktop when it would lock or save the screen,
/// a terminal five minutes after its last key. A program that holds off the screen saver, such as one that plays a film,
/// counts as use. Without a session the machine is idle.
///
/// It runs on its own queue because it blocks while the bus answers.
package actor IdleWatch {
    private let executor = BlockingExecutor(label: "idle")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let path: String
    private let limit: Duration
    private var bus: SystemBus?

    /// - Parameters:
    ///   - path: the bus's socket.
    ///   - limit: how long an answer may take.
    package init(path: String = SystemBus.path(), limit: Duration = .seconds(2)) {
        self.path = path
        self.limit = limit
    }

    /// The connection is kept from one question to the next. One that has ended meanwhile is made again.
    package func isIdle() throws(BusError) -> Bool {
        let kept = bus
        bus = nil
        if let kept, let answer = try? Self.ask(kept) {
            bus = kept
            return answer
        }
        let new = try SystemBus(path: path, limit: limit)
        let answer = try Self.ask(new)
        bus = new
        return answer
    }

    /// Ends the connection; the next question makes a new one.
    package func end() { bus = nil }

    private static func ask(_ bus: SystemBus) throws(BusError) -> Bool {
        try bus.property(
            "IdleHint", of: "org.freedesktop.login1.Manager", at: "/org/freedesktop/login1",
            destination: "org.freedesktop.login1")
    }
}
