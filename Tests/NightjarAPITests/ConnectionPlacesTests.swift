import NightjarAPI
import NightjarWire
import Testing

/// Which connection is closed for a new one.
@Suite(.timeLimit(.minutes(1))) final class ConnectionPlacesTests {
    private var places = ConnectionPlaces(.init())
    private var next = 0

    /// - Returns: the connection's number, and the number of the one that was closed for it.
    private func add(_ address: String, served: Bool = false) -> (number: Int, loser: Int?) {
        next += 1
        let loser = places.add(next, from: ClientAddress(address))
        if served { places.set(next, isServed: true) }
        return (next, loser)
    }

    @Test func anAddressLosesItsOwnFirst() {
        let honest = add("198.51.100.1").number
        let first = add("192.0.2.1").number
        for _ in 1..<16 { #expect(add("192.0.2.1").loser == nil) }
        // However many come: each closes the oldest of its own address.
        for i in 0..<90 { #expect(add("192.0.2.1").loser == first + i) }
        #expect(places.count == 17)
        #expect(add("198.51.100.1").loser == nil)
        places.remove(honest)
        #expect(places.count == 17)
    }

    @Test func aNetworkOfIPv6IsOneAddress() {
        let first = add("2001:db8:1:2::1").number
        for i in 2...16 { #expect(add("2001:db8:1:2::\(i)").loser == nil) }
        #expect(add("2001:db8:1:2:ffff::1").loser == first)
        #expect(add("2001:db8:1:3::1").loser == nil)
    }

    @Test func thisMachineAlwaysHasPlaces() {
        for i in 0..<90 { _ = add("192.0.2.\(i)") }
        #expect(places.count == 56)
        for i in 0..<8 { #expect(add("127.0.0.\(i + 1)").loser == nil) }
        // Full: the others make room for it, and it for them.
        #expect(add("::1").loser != nil && places.count == 64)
        #expect(add("203.0.113.1").loser != nil && places.count == 64)
    }

    @Test func theManyMakeRoomForTheFew() {
        let honest = add("198.51.100.1").number
        let flood = (0..<63).map { _ in add("127.0.0.1").number }
        // The honest one is older than all of them.
        #expect(add("198.51.100.2").loser == flood[0])
        #expect(add("127.0.0.1").loser == flood[1])
        places.set(honest, isServed: true)
        #expect(add("127.0.0.1").loser == flood[2])
    }

    @Test func whatIsServedIsClosedLast() {
        let served = (0..<10).map { _ in add("127.0.0.1", served: true).number }
        let waiting = (0..<54).map { _ in add("127.0.0.1").number }
        for i in 0..<54 { #expect(add("127.0.0.1", served: true).loser == waiting[i]) }
        // All are served: the oldest has had the most time.
        #expect(add("127.0.0.1").loser == served[0])
        // One whose answer was sent is worth as little as one that has sent nothing, and is younger than that.
        let silent = next
        places.set(served[5], isServed: false)
        #expect(add("127.0.0.1").loser == silent)
        #expect(add("127.0.0.1").loser == served[5])
    }

    /// Clients at four addresses ask, read nothing, and so are served for as long as they like; one at a fifth connects
    /// and leaves.
    @Test func oneConnectionOutlastsAddressesThatHoldMore() {
        for i in 0..<56 { _ = add("192.0.2.\(i % 4)", served: true) }
        let honest = add("198.51.100.1")
        #expect(honest.loser != nil)
        for i in 0..<200 {
            let guest = add("203.0.113.1")
            #expect(guest.loser != honest.number)
            places.remove(guest.number)
            #expect(add("192.0.2.\(i % 4)", served: true).loser != honest.number)
        }
        // It is the oldest of all by now, and still there.
        let count = places.count
        places.remove(honest.number)
        #expect(places.count == count - 1)
    }

    /// However many places there are, served or not, and whichever came first.
    @Test(arguments: [false, true]) func theOnlyConnectionOfAnAddressIsClosedLast(_ served: Bool) {
        let honest = add("198.51.100.1", served: served).number
        for i in 0..<54 { _ = add("192.0.2.\(i % 27)", served: true) }
        for i in 0..<28 { #expect(add("203.0.113.\(i)", served: true).loser != honest) }
    }

    @Test func fewFilesAreFewPlaces() throws {
        let limits = ConnectionPlaces.Limits()
        for (room, total) in [(1000, 64), (160, 64), (100, 40), (10, 4), (3, 1)] {
            #expect(limits.within(room: room)?.total == total)
            // The connections that are about to be closed have room, too.
            #expect(AcceptGate.descriptors(places: total) <= max(2, room / 2))
        }
        #expect(limits.within(room: 2) == nil && limits.within(room: 0) == nil)
        places = ConnectionPlaces(try #require(limits.within(room: 10)))
        let first = add("192.0.2.1").number
        #expect(add("192.0.2.1").loser == first)
        for i in 0..<3 { #expect(add("127.0.0.\(i + 1)").loser == nil) }
        #expect(add("127.0.0.4").loser != nil && places.count == 4)
    }

    @Test func whoLeavesMakesRoom() {
        let numbers = (0..<64).map { _ in add("127.0.0.1").number }
        places.remove(numbers[7])
        places.remove(numbers[7])
        #expect(places.count == 63 && add("127.0.0.1").loser == nil)
        #expect(add("127.0.0.1").loser == numbers[0])
        // One that was closed and says that it is served has no place by that.
        places.set(numbers[0], isServed: true)
        #expect(places.count == 64)
    }
}
