/// The open connections, and the choice of the one that is closed when there are too many.
///
/// A new connection is never refused and never waits: an honest client sends its request at once and has its answer
/// within milliseconds, and on few connections. So the addresses that hold most places lose theirs first, and of
/// their connections those which have sent no whole request. That holds also against a client with the same address as
/// the honest one, as every client on this machine has.
package struct ConnectionPlaces: Sendable {
    package struct Limits: Sendable {
        package let total: Int
        /// For each address that is not loopback. Behind loopback there may be a proxy with many clients.
        let perAddress: Int
        /// Other addresses together leave these free.
        let keptForLoopback: Int

        package init(total: Int = 64) {
            self.total = total
            perAddress = max(1, min(16, total / 4))
            keptForLoopback = min(8, total / 8)
        }

        /// As many of these as leave most of the files that the process can still open to the rest of the program;
        /// `nil` when that is none.
        package func within(room: Int) -> Limits? {
            let most = room * 2 / 5
            return most < 1 ? nil : most < total ? Limits(total: most) : self
        }
    }

    private struct Place {
        let address: ClientAddress
        /// Whether it has sent a request's head, has no answer yet, and reads the answers before it.
        var isServed = false
        /// When it last changed, counted in changes.
        var changed: Int
    }

    private let limits: Limits
    private var places: [Int: Place] = [:]
    private var changes = 0

    package init(_ limits: Limits) { self.limits = limits }

    package var count: Int { places.count }

    /// Gives a place to a new connection.
    ///
    /// - Returns: the connection that has lost its place to it, and is to be closed.
    package mutating func add(_ number: Int, from address: ClientAddress) -> Int? {
        let loser = loser(for: address)
        if let loser { places[loser] = nil }
        changes += 1
        places[number] = Place(address: address, changed: changes)
        return loser
    }

    package mutating func remove(_ number: Int) { places[number] = nil }

    package mutating func set(_ number: Int, isServed: Bool) {
        changes += 1
        places[number]?.isServed = isServed
        places[number]?.changed = changes
    }

    /// Chooses among the connections that share the exceeded limit: first those whose address has most connections, of
    /// these the ones that are not being served, of these the oldest.
    ///
    /// The number comes first: a client can make itself served for as long as it likes, and more addresses cost more.
    private func loser(for address: ClientAddress) -> Int? {
        let held = places.values.reduce(into: [ClientAddress: Int]()) { $0[$1.address, default: 0] += 1 }
        let competes: (Place) -> Bool
        if !address.isLoopback, held[address, default: 0] >= limits.perAddress {
            competes = { $0.address == address }
        } else if !address.isLoopback,
            places.values.count(where: { !$0.address.isLoopback }) >= limits.total - limits.keptForLoopback
        {
            competes = { !$0.address.isLoopback }
        } else if places.count >= limits.total {
            competes = { _ in true }
        } else {
            return nil
        }
        func rank(_ place: Place) -> (Int, Int, Int) {
            (-held[place.address, default: 0], place.isServed ? 1 : 0, place.changed)
        }
        return places.filter { competes($0.value) }.min { rank($0.value) < rank($1.value) }?.key
    }
}
