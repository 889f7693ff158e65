import NightjarPlatform

/// Decides by other programs' part of the processor whether they need it.
///
/// Two looks in a row above the limit begin a pause, and twelve at it or below end it. With a look every five seconds, a
/// program that starts up and ends pauses nothing, and a pause outlasts the short rests of a program that goes on.
package struct LoadWatch: Sendable {
    package static let looksToPause = 2
    package static let looksToResume = 12

    private var last: ProcessorTimes?
    /// Looks in a row that speak against ``isBusy``.
    private var opposed = 0
    package private(set) var isBusy = false

    package init() {}

    /// Takes one look.
    ///
    /// - Parameters:
    ///   - times: `nil` where they cannot be read. Nothing is known then, and there is no pause.
    ///   - limit: a part of all processors' time, from 0 to 1.
    package mutating func take(_ times: ProcessorTimes?, limit: Double) {
        guard let times else { return reset() }
        defer { last = times }
        guard let last, let part = times.foreign(since: last) else { return }
        guard (part > limit) != isBusy else { return opposed = 0 }
        opposed += 1
        guard opposed >= (isBusy ? Self.looksToResume : Self.looksToPause) else { return }
        isBusy.toggle()
        opposed = 0
    }

    package mutating func reset() { self = LoadWatch() }
}
