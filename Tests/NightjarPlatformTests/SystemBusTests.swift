import NightjarPlatform
import TestSupport
import Testing

/// The part of D-Bus that reading a property takes, against a bus that answers well, badly, or not at all.
@Suite(.timeLimit(.minutes(2))) struct SystemBusTests {
    private static func ask(_ bus: FakeBus, limit: Duration = .seconds(100)) throws -> Bool {
        try SystemBus(path: bus.path, limit: limit).property(
            "IdleHint", of: "org.freedesktop.login1.Manager", at: "/org/freedesktop/login1",
            destination: "org.freedesktop.login1")
    }

    /// Why a question had no answer.
    private static func reason(_ bus: FakeBus, limit: Duration = .seconds(100)) -> String {
        defer { bus.stop() }
        do { return "answered \(try ask(bus, limit: limit))" } catch { return "\(error)" }
    }

    @Test(arguments: [(FakeBus.Answer.idle(true), true), (.idle(false), false), (.bigEndian(true), true)])
    func aPropertyIsRead(_ answer: FakeBus.Answer, _ value: Bool) throws {
        let bus = try FakeBus(answer)
        defer { bus.stop() }
        #expect(try Self.ask(bus) == value)
        // Every text stands in the call with its length before it and a zero behind it.
        for text in [
            "/org/freedesktop/login1.", "org.freedesktop.DBus.Properties.", "...Get.", "org.freedesktop.login1.",
            ".ss.", "org.freedesktop.login1.Manager.", "IdleHint.",
        ] { #expect(bus.lastCall.contains(text), "\(text) in \(bus.lastCall)") }
    }

    @Test func oneConnectionAnswersManyTimes() throws {
        let bus = try FakeBus(.idle(true))
        defer { bus.stop() }
        let connection = try SystemBus(path: bus.path, limit: .seconds(100))
        for flag in [true, false, true] {
            bus.set(.idle(flag))
            #expect(try connection.property("x", of: "i", at: "/", destination: "d") == flag)
        }
        #expect(bus.connections == 1 && bus.calls == 3)
    }

    @Test func everyFailureIsSaid() throws {
        let reasons = [
            Self.reason(try FakeBus(.idle(true), refuses: true)),
            Self.reason(try FakeBus(.error(name: "org.x.Unknown", words: "no such name"))),
            Self.reason(try FakeBus(.text("yes"))),
            Self.reason(try FakeBus(.end)),
            Self.reason(try FakeBus(.bytes([UInt8](repeating: 7, count: 64)))),
            // Fields of a length that is not there, and a body that no answer has.
            Self.reason(
                try FakeBus(
                    .bytes(
                        [0x6C, 2, 1, 1, 0, 0, 0, 0, 9, 0, 0, 0, 16, 0, 0, 0] + [5, 9] + [UInt8](repeating: 1, count: 14)
                    ))),
            Self.reason(try FakeBus(.bytes([0x6C, 2, 1, 1, 255, 255, 255, 255, 9, 0, 0, 0, 255, 255, 255, 255]))),
        ]
        for (reason, words) in zip(
            reasons,
            [
                "refuses this user", "org.x.Unknown: no such name", "org.freedesktop.login1 answered without IdleHint",
                "the bus has ended the connection", "the bus sent what is no message",
                "the bus sent a message that cannot be read", "the bus sent a message of ",
            ])
        { #expect(reason.contains(words), "\(reason)") }
    }

    @Test func aBusThatSaysNothingIsGivenUp() throws {
        #expect(Self.reason(try FakeBus(.nothing), limit: .milliseconds(20)).hasPrefix("there was no answer within "))
    }

    @Test func aSocketThatIsNotThereIsSaid() {
        #expect(throws: BusError("cannot connect to /nowhere/bus: No such file or directory")) {
            try SystemBus(path: "/nowhere/bus")
        }
        let long = "/" + String(repeating: "x", count: 200)
        #expect(throws: BusError("\(long) is no socket's path")) { try SystemBus(path: long) }
    }

    /// No answer, however it is cut or changed, is read behind its end.
    @Test func brokenMessagesAreRefusedOrRead() throws {
        let whole = FakeBus.property(true, serial: 7)
        #expect(try BusMessage.size(whole) == whole.count && BusMessage(whole)?.property == true)
        for count in 0..<whole.count {
            let cut = Array(whole.prefix(count))
            #expect(BusMessage(cut)?.property == nil, "\(count)")
            let size = try BusMessage.size(cut)
            #expect(size == (count < 16 ? nil : whole.count))
        }
        for place in whole.indices {
            for value in [0, 1, 127, 128, 255] as [UInt8] {
                var changed = whole
                changed[place] = value
                _ = try? BusMessage.size(changed)
                _ = BusMessage(changed)?.fault
                _ = BusMessage(changed)?.property
            }
        }
    }

    @Test(arguments: [
        (nil, "/run/dbus/system_bus_socket"), ("", "/run/dbus/system_bus_socket"),
        ("unix:path=/a/b", "/a/b"), ("unix:path=/a,guid=12", "/a"), ("tcp:host=h;unix:guid=1,path=/c", "/c"),
        ("unix:abstract=x", "/run/dbus/system_bus_socket"),
    ])
    func theSocketsPlaceCanBeNamed(_ address: String?, _ path: String) {
        #expect(SystemBus.path { $0 == "DBUS_SYSTEM_BUS_ADDRESS" ? address : nil } == path)
    }
}
