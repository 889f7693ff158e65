import Foundation
import NightjarPlatform
import TestSupport
import Testing

/// NVIDIA's library, played by a C file.
@Suite(.timeLimit(.minutes(2))) struct NVMLTests {
    /// Two cards of one name; the second has no counter, no fan and another power. The counter rises by two joules with
    /// each question.
    private static let functions = """
        static unsigned long long energy = 5000000;
        static int is(void *card, int number) { return (long) card == number + 1; }
        int nvmlInit_v2(void) { return 0; }
        int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **card) {
            if (index == 2) return 15;    // A card that has fallen off the bus.
            *card = (void *) (long) (index + 1);
            return 0;
        }
        int nvmlDeviceGetName(void *card, char *name, unsigned length) {
            const char *text = "NVIDIA H200";
            for (unsigned i = 0; i < length && (name[i] = text[i]); i++) {}
            return 0;
        }
        int nvmlDeviceGetPciInfo_v3(void *card, unsigned *info) {
            info[4] = 0; info[5] = is(card, 0) ? 0x18 : 0x2a; info[6] = 0;
            return 0;
        }
        int nvmlDeviceGetTemperature(void *card, int sensor, unsigned *degrees) {
            *degrees = is(card, 0) ? 64 : 0;
            return sensor;
        }
        int nvmlDeviceGetClockInfo(void *card, int kind, unsigned *megahertz) {
            *megahertz = kind == 1 ? 1980 : kind == 2 ? 3201 : 7;
            return 0;
        }
        int nvmlDeviceGetPowerUsage(void *card, unsigned *milliwatts) {
            *milliwatts = is(card, 0) ? 412345 : 90000;
            return 0;
        }
        int nvmlDeviceGetEnforcedPowerLimit(void *card, unsigned *milliwatts) { *milliwatts = 700000; return 0; }
        int nvmlDeviceGetFanSpeed(void *card, unsigned *percent) { *percent = 30; return is(card, 0) ? 0 : 3; }
        """
    private static let counter = """
        int nvmlDeviceGetTotalEnergyConsumption(void *card, unsigned long long *millijoules) {
            if (!is(card, 0)) return 3;
            *millijoules = energy += 2000;
            return 0;
        }
        int nvmlDeviceGetCurrentClocksThrottleReasons(void *card, unsigned long long *bits) {
            *bits = 0x1 | 0x4 | 0x20;
            return 0;
        }
        """

    @Test func aCardsReadingsAndEnergy() async throws {
        let object = try await SharedObject("libnvidia-ml.so.1", Self.functions + "\n" + Self.counter)
        let nvml = try #require(NVML(library: object.path))
        #expect(nvml.cards.map(\.name) == ["NVIDIA H200", "NVIDIA H200"])
        #expect(nvml.cards.map { $0.address?.description } == ["0000:18:00.0", "0000:2a:00.0"])
        #expect(nvml.card(at: nil, named: "NVIDIA H200") == nil, "two have the name")
        let sensors = Sensors(root: "/nowhere", nvml: nvml)
        let first = SensorTree.card("0000:18:00.0", "NVIDIA H200")
        var expected = CardReadings()
        (expected.temperature, expected.watts, expected.powerLimit) = (64, 412.345, 700)
        (expected.clock, expected.memoryClock, expected.fan) = (1980, 3201, 0.3)
        expected.throttle = ["power limit", "too hot"]
        #expect(sensors.readings(of: first) == expected)
        #expect(sensors.hottestGraphics == 64)
        let input = try #require(sensors.energy(of: first).inputs.first)
        let before = try #require(input.joules)
        let after = try #require(input.joules)
        #expect(input.source == .nvml && before.range == nil && after.now - before.now == 2)
        // The second card has no counter: its power counts. Its sensor is not connected, and its fan is not told.
        let second = SensorTree.card("0000:2a:00.0", "NVIDIA H200")
        #expect(sensors.energy(of: second).inputs.first?.watts == 90)
        #expect(sensors.readings(of: second).temperature == nil && sensors.readings(of: second).fan == nil)
        withExtendedLifetime(object) {}
    }

    /// An old library lacks functions: what they tell is not known.
    @Test func anOldLibraryHasLess() async throws {
        let object = try await SharedObject("libnvidia-ml.so.1", Self.functions)
        let nvml = try #require(NVML(library: object.path))
        #expect(nvml.readings(nvml.cards[0]).throttle == nil)
        #expect(nvml.energy(nvml.cards[0])?.watts == 412.345)
        withExtendedLifetime(object) {}
    }

    @Test(arguments: ["int nvmlInit_v2(void) { return 9; }", "int other;"])
    func aLibraryThatDoesNotBeginIsNone(_ source: String) async throws {
        let object = try await SharedObject("libnvidia-ml.so.1", source)
        #expect(NVML(library: object.path) == nil && NVML(library: "/nowhere/libnvidia-ml.so.1") == nil)
    }
}
