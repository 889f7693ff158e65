import NightjarCore
import Testing

/// What programs hold on to: the codes, and one line for people.
@Suite(.timeLimit(.minutes(10))) struct NightjarErrorTests {
    /// The C header has the same numbers; none of them ever changes.
    @Test func codesAreStable() {
        let codes = Dictionary(uniqueKeysWithValues: NightjarError.Code.allCases.map { ("\($0)", $0.rawValue) })
        #expect(
            codes == [
                "argument": -1, "algorithm": -2, "device": -3, "input": -4, "memory": -5, "selftest": -6,
                "cancelled": -7, "busy": -8, "unsupported": -9,
            ])
    }

    @Test func eachSaysItInOneLine() {
        let opencl = DeviceID.opencl(platform: 0, device: 1)
        let cases: [(NightjarError, NightjarError.Code, String)] = [
            (
                .tooShort(algorithm: "cn/1", bytes: 3, minimum: 43), .input,
                "cn/1 needs at least 43 bytes of input, not 3"
            ),
            (.tooLong(algorithm: "toy", bytes: 81, maximum: 80), .input, "toy takes at most 80 bytes of input, not 81"),
            (
                .seedTooLong(algorithm: "rx/0", bytes: 61, maximum: 60), .input,
                "rx/0 takes a seed of at most 60 bytes, not 61"
            ),
            (.missingSeed(algorithm: "rx/0"), .argument, "rx/0 needs a seed"),
            (.missingHeight(algorithm: "cn/r"), .argument, "cn/r needs a block height"),
            (
                .nonceOutside(offset: 39, bytes: 42), .argument,
                "a nonce at byte 39 does not fit into 42 bytes of input"
            ),
            (.noSuchDevice("x", present: []), .device, "there is no device x; there are none"),
            (.noSuchDevice("x", present: [.cpu]), .device, "there is no device x; there is cpu"),
            (.noDevice(reason: "none was chosen"), .device, "no device can be used: none was chosen"),
            (
                .unsupported(algorithm: "rx/0", device: opencl, reason: "it has no doubles"), .unsupported,
                "opencl:0.1 cannot run rx/0: it has no doubles"
            ),
            (
                .wrongHash(algorithm: "cn/0", device: opencl, reason: "with a batch of 8"), .selftest,
                "opencl:0.1 gives wrong hashes for cn/0: with a batch of 8"
            ),
            (NightjarError(device: opencl, reason: "clFinish: it broke"), .device, "opencl:0.1: clFinish: it broke"),
            (.cancelled, .cancelled, "cancelled"),
        ]
        for (error, code, text) in cases {
            #expect(error.code == code && error.description == text)
            #expect(!text.contains("\n"))
        }
    }

    /// Only what the device did itself makes it suspect.
    @Test func whatMayBeTheDevicesFault() {
        let opencl = DeviceID.opencl(platform: 0, device: 0)
        #expect(NightjarError(device: opencl, reason: "it hangs").mayBeTheDevices)
        #expect(NightjarError.wrongHash(algorithm: "cn/0", device: opencl, reason: "").mayBeTheDevices)
        #expect(!NightjarError(device: opencl, reason: "no room", code: .memory).mayBeTheDevices)
        #expect(!NightjarError.noSuchDevice("x", present: []).mayBeTheDevices)
        #expect(!NightjarError.unsupported(algorithm: "rx/0", device: opencl, reason: "").mayBeTheDevices)
        #expect(!NightjarError.cancelled.mayBeTheDevices)
        #expect(!NightjarError.argument("2^33 hashes").mayBeTheDevices)
    }

    @Test func factsOfLanesCountTheWorst() {
        var facts = LaneFacts(lanes: 2, hashesAtOnce: 3)
        var lane = LaneFacts()
        lane.scratchpadPages = .huge
        lane.units = [5]
        facts.merge(lane)
        #expect(facts.scratchpadPages == .huge && facts.hashesAtOnce == 3 && facts.lanes == 2)
        lane.scratchpadPages = .plain
        (lane.hashesAtOnce, lane.units) = (4, [2])
        facts.merge(lane)
        lane.scratchpadPages = .gigantic
        facts.merge(lane)
        #expect(facts.scratchpadPages == .plain && facts.hashesAtOnce == 4 && facts.datasetPages == nil)
        #expect(facts.units == [2, 5], "each once")
    }
}
