import Glibc

/// NVIDIA's management library: temperature, power, energy and clocks of its cards. It is opened at run time, so that a
/// machine without it needs none.
package final class NVML: Sendable {
    /// A card that the library lists.
    package struct Card: Sendable, Hashable {
        package let name: String
        /// `nil` where the library does not tell.
        package let address: PCIAddress?
        fileprivate let index: Int
    }

    private typealias Start = @convention(c) () -> Int32
    private typealias Count = @convention(c) (UnsafeMutablePointer<UInt32>) -> Int32
    private typealias Handle = @convention(c) (UInt32, UnsafeMutablePointer<OpaquePointer?>) -> Int32
    private typealias Name = @convention(c) (OpaquePointer, UnsafeMutablePointer<CChar>, UInt32) -> Int32
    private typealias Place = @convention(c) (OpaquePointer, UnsafeMutableRawPointer) -> Int32
    private typealias Number = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias NumberOf = @convention(c) (OpaquePointer, Int32, UnsafeMutablePointer<UInt32>) -> Int32
    private typealias LargeNumber = @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt64>) -> Int32

    /// The functions that some versions of the library, or some cards, do not have are `nil`.
    ///
    /// Unchecked: the library's handles are valid on every thread. It is never shut down, so they stay valid until the
    /// process ends.
    private struct Library: @unchecked Sendable {
        var handles: [OpaquePointer] = []
        let temperature: NumberOf?
        let clock: NumberOf?
        let power: Number?
        let powerLimit: Number?
        let fan: Number?
        let energy: LargeNumber?
        let throttle: LargeNumber?
    }

    private let library: Library
    package let cards: [Card]

    /// Sensors and clocks by the numbers that the library gives them.
    private static let die: Int32 = 0
    private static let computeClock: Int32 = 1
    private static let memoryClock: Int32 = 2
    /// Bits of nvmlDeviceGetCurrentClocksEventReasons. That a card is idle, or that a user has set its clocks, is no
    /// reason to mention.
    private static let reasons: [(bits: UInt64, words: String)] = [
        (0x4, "power limit"), (0x20 | 0x40, "too hot"), (0x8, "hardware slowdown"), (0x80, "power brake"),
    ]

    /// - Parameter library: tests have their own.
    /// - Returns: `nil` where the library is missing or lists no card.
    package init?(library path: String = "libnvidia-ml.so.1") {
        guard let file = dlopen(path, RTLD_NOW) else { return nil }
        func function<Function>(_ name: String, as type: Function.Type) -> Function? {
            dlsym(file, name).map { unsafeBitCast($0, to: type) }
        }
        guard let start = function("nvmlInit_v2", as: Start.self),
            let count = function("nvmlDeviceGetCount_v2", as: Count.self),
            let handle = function("nvmlDeviceGetHandleByIndex_v2", as: Handle.self),
            let name = function("nvmlDeviceGetName", as: Name.self), start() == 0
        else { return nil }
        let place = function("nvmlDeviceGetPciInfo_v3", as: Place.self)
        var library = Library(
            temperature: function("nvmlDeviceGetTemperature", as: NumberOf.self),
            clock: function("nvmlDeviceGetClockInfo", as: NumberOf.self),
            power: function("nvmlDeviceGetPowerUsage", as: Number.self),
            powerLimit: function("nvmlDeviceGetEnforcedPowerLimit", as: Number.self),
            fan: function("nvmlDeviceGetFanSpeed", as: Number.self),
            energy: function("nvmlDeviceGetTotalEnergyConsumption", as: LargeNumber.self),
            throttle: function("nvmlDeviceGetCurrentClocksEventReasons", as: LargeNumber.self)
                ?? function("nvmlDeviceGetCurrentClocksThrottleReasons", as: LargeNumber.self))
        var number: UInt32 = 0
        guard count(&number) == 0 else { return nil }
        var cards: [Card] = []
        for index in 0..<min(number, 1024) {
            var device: OpaquePointer?
            var text = [CChar](repeating: 0, count: 128)
            // The last byte stays zero.
            guard handle(index, &device) == 0, let device, name(device, &text, 127) == 0 else { continue }
            library.handles.append(device)
            cards.append(
                Card(
                    name: String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
                    address: place.flatMap { Self.address(device, $0) }, index: cards.count))
        }
        guard !cards.isEmpty else { return nil }
        self.library = library
        self.cards = cards
    }

    /// nvmlPciInfo_t: an old text of 16 bytes, domain, bus and device as 32-bit numbers, two more numbers and the text.
    private static func address(_ device: OpaquePointer, _ place: Place) -> PCIAddress? {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { bytes in
            bytes.initializeMemory(as: UInt8.self, repeating: 0)
            guard let base = bytes.baseAddress, place(device, base) == 0 else { return nil }
            let numbers = (0..<3).map { bytes.load(fromByteOffset: 16 + 4 * $0, as: UInt32.self) }
            return PCIAddress(domain: numbers[0], bus: numbers[1], device: numbers[2], function: 0)
        }
    }

    /// The card at this place, or, where places are not known, the only one with this name.
    package func card(at address: PCIAddress?, named name: String) -> Card? {
        if let address, let card = cards.first(where: { $0.address?.mayBe(address) == true }) { return card }
        let named = cards.filter { $0.name == name && (address == nil || $0.address == nil) }
        return named.count == 1 ? named[0] : nil
    }

    package func readings(_ card: Card) -> CardReadings {
        let handle = library.handles[card.index]
        func number(_ function: Number?) -> Double? {
            var value: UInt32 = 0
            guard let function, function(handle, &value) == 0 else { return nil }
            return Double(value)
        }
        func number(_ function: NumberOf?, _ kind: Int32) -> Double? {
            var value: UInt32 = 0
            guard let function, function(handle, kind, &value) == 0 else { return nil }
            return Double(value)
        }
        var readings = CardReadings()
        readings.temperature = number(library.temperature, Self.die)?.possibleDegrees
        readings.watts = number(library.power).flatMap { ($0 / 1000).possibleWatts }
        readings.powerLimit = number(library.powerLimit).flatMap { ($0 / 1000).possibleWatts }
        readings.clock = number(library.clock, Self.computeClock).flatMap { $0 > 0 ? $0 : nil }
        readings.memoryClock = number(library.clock, Self.memoryClock).flatMap { $0 > 0 ? $0 : nil }
        readings.fan = number(library.fan).flatMap { (0...200).contains($0) ? $0 / 100 : nil }
        readings.throttle = large(library.throttle, card).map { bits in
            Self.reasons.filter { $0.bits & bits != 0 }.map(\.words)
        }
        return readings
    }

    /// The counter, which cards since Volta have, else the power.
    package func energy(_ card: Card) -> EnergyInput? {
        if counter(card) != nil { return EnergyInput(.nvml, "card") { [self] in counter(card) } }
        guard readings(card).watts != nil else { return nil }
        return EnergyInput(.nvml, "card") { [self] in readings(card).watts.map(EnergyReading.watts) }
    }

    private func counter(_ card: Card) -> EnergyReading? {
        large(library.energy, card).map { .joules(Double($0) / 1000, range: nil) }
    }

    private func large(_ function: LargeNumber?, _ card: Card) -> UInt64? {
        var value: UInt64 = 0
        guard let function, function(library.handles[card.index], &value) == 0 else { return nil }
        return value
    }
}
