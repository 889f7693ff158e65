import NIOCore
import NightjarPlatform
import Synchronization

/// The server's connections by their places. A connection that loses its place is closed.
final class ConnectionTable: Sendable {
    private struct State {
        var next = 0
        var places: ConnectionPlaces
        var channels: [Int: any Channel] = [:]
    }

    private let state: Locked<State>

    /// How many there are at most.
    let places: Int

    init(_ limits: ConnectionPlaces.Limits) {
        places = limits.total
        state = Locked(State(places: ConnectionPlaces(limits)))
    }

    var count: Int { state.withLock { $0.places.count } }

    /// Gives the channel a place until it is closed.
    ///
    /// - Returns: its number in this table.
    func add(_ channel: any Channel) -> Int {
        let address = ClientAddress(channel.remoteAddress)
        let (number, loser) = state.withLock { state in
            let number = state.next
            state.next += 1
            state.channels[number] = channel
            let loser = state.places.add(number, from: address).flatMap { state.channels.removeValue(forKey: $0) }
            return (number, loser)
        }
        loser?.close(promise: nil)
        channel.closeFuture.whenComplete { _ in
            self.state.withLock { state in
                state.places.remove(number)
                state.channels[number] = nil
            }
        }
        return number
    }

    func set(_ number: Int, isServed: Bool) { state.withLock { $0.places.set(number, isServed: isServed) } }
}
