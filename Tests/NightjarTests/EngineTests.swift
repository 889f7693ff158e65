import Foundation
import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct EngineTests {
    private let cpu = CPUBackend()

    @Test func devicesAreChosenByName() throws {
        let fakes = FakeBackend(.none, cpu: cpu)
        func ids(_ selectors: [DeviceSelector]?) throws -> [DeviceID] {
            try Engine(devices: selectors, backends: [fakes, cpu], verifier: cpu).devices.map(\.id)
        }
        #expect(try ids(nil) == [.cpu, FakeBackend.id])
        #expect(try ids([.allOpenCL]) == [FakeBackend.id])
        #expect(try ids([.allOpenCL, .device(.cpu), .device(.cpu)]) == [.cpu, FakeBackend.id])
        #expect(throws: NightjarError.noSuchDevice("opencl:7.7", present: [.cpu, FakeBackend.id])) {
            try ids([.device(.opencl(platform: 7, device: 7))])
        }
        #expect(throws: NightjarError.self) { try ids([]) }
        #expect(throws: NightjarError.noSuchDevice("opencl", present: [.cpu])) {
            try Engine(devices: [.allOpenCL], backends: [cpu], verifier: cpu)
        }
    }

    /// PoCL stands in for a GPU wherever the tests run.
    @Test func thisMachineHasTheCPUAndAnOpenCLDevice() throws {
        let devices = Engine.allDevices()
        #expect(devices.first?.id == .cpu)
        #expect(devices.contains { $0.id != .cpu })
        #expect(devices.map(\.id) == devices.map(\.id).sorted())
        #expect(try Engine().devices == devices)
    }

    /// In a process of its own, which the driver ends when it is loaded. The exit code tells when that was.
    @Test func driversAreOpenedWhenADeviceIsAskedFor() async {
        await #expect(processExitsWith: .exitCode(42)) {
            let driver = try await SharedObject(
                "libbad.so",
                """
                #include <stdlib.h>
                #include <unistd.h>
                __attribute__((constructor)) static void loaded(void) { _exit(getenv("NIGHTJAR_TEST_ASKED") ? 42 : 1); }
                """)
            try Data((driver.path + "\n").utf8).write(to: URL(fileURLWithPath: driver.folder + "/a.icd"))
            setenv("OCL_ICD_VENDORS", driver.folder, 1)
            let engine = try Engine()
            let input = [UInt8](repeating: 0, count: 76)
            let digest = try await engine.hash(input, algorithm: .cnPico)
            precondition(engine.support(for: .cnPico, on: .cpu) == .supported)
            let same = try await engine.hash(input, algorithm: .cnPico, on: .cpu)
            precondition(same == digest)
            _ = try await engine.selftest(.cnPico, on: .cpu)
            setenv("NIGHTJAR_TEST_ASKED", "1", 1)
            _ = engine.devices
        }
    }

    /// Each algorithm on each device passes, or says why it is not there.
    @Test(arguments: Catalog.all)
    func catalogTimesDevices(_ algorithm: Algorithm) async throws {
        let engine = try Engine()
        for device in engine.devices {
            switch engine.support(for: algorithm, on: device.id) {
            case .supported:
                let count = try await engine.selftest(algorithm, on: device.id)
                #expect(count == KnownAnswers.answers(for: algorithm).count)
            case .unsupported(let reason):
                #expect(!reason.isEmpty && device.id != .cpu)
                let refusal = NightjarError.unsupported(algorithm: algorithm.name, device: device.id, reason: reason)
                await #expect(throws: refusal) { try await engine.selftest(algorithm, on: device.id) }
            }
        }
    }

    @Test func selftestTellsWhatIsWrong() async throws {
        let engine = try Engine(backends: [FakeBackend(.wrongAnswers, cpu: cpu)], verifier: cpu)
        let error = await #expect(throws: NightjarError.self) {
            try await engine.selftest(.cn0, on: FakeBackend.id)
        }
        #expect(error?.code == .selftest && error?.reason.contains("wrong hashes for cn/0") == true)
        let id = FakeBackend.id
        await #expect(throws: NightjarError.unsupported(algorithm: "rx/0", device: id, reason: "it is a fake")) {
            try await engine.selftest(.rx0, on: id)
        }
        await #expect(throws: NightjarError.noSuchDevice("cpu", present: [id])) {
            try await engine.selftest(.cn0, on: .cpu)
        }
    }

    @Test(arguments: Catalog.all)
    func hashGivesTheVectors(_ algorithm: Algorithm) async throws {
        let engine = try Engine()
        let vectors = try Vectors.hashes(algorithm.name).prefix(3)
        for vector in vectors {
            for device in engine.devices where engine.support(for: algorithm, on: device.id) == .supported {
                let digest = try await engine.hash(
                    vector.input.bytes, algorithm: algorithm, seed: vector.seed?.bytes, height: vector.height,
                    on: device.id)
                #expect(digest.bytes == vector.hash.bytes)
            }
        }
        // The portable lane has to pass the known answers first; one more shows that it is reached.
        let vector = try #require(vectors.last)
        let work = try Work(
            algorithm: algorithm, input: vector.input.bytes, height: vector.height, seed: vector.seed?.bytes)
        let proof = try await engine.portableProof(of: work)
        #expect(proof.digest.bytes == vector.hash.bytes)
        #expect(proof.commitment?.bytes == vector.commitment?.bytes)
        await engine.releaseLanes()
    }

    @Test func hashRefusesWhatCannotBeHashed() async throws {
        let engine = try Engine(devices: [.cpu])
        await #expect(throws: NightjarError.tooShort(algorithm: "cn/1", bytes: 3, minimum: 43)) {
            try await engine.hash([1, 2, 3], algorithm: .cn1)
        }
        await #expect(throws: NightjarError.missingSeed(algorithm: "rx/0")) {
            try await engine.hash([], algorithm: .rx0)
        }
        await #expect(throws: NightjarError.missingHeight(algorithm: "cn/r")) {
            try await engine.hash([], algorithm: .cnR)
        }
        await #expect(throws: NightjarError.noSuchDevice("opencl:0.0", present: [.cpu])) {
            try await engine.hash([], algorithm: .cn0, on: .opencl(platform: 0, device: 0))
        }
        let fake = try Engine(backends: [FakeBackend(.wrongAnswers, cpu: cpu)], verifier: cpu)
        let wrong = await #expect(throws: NightjarError.self) { try await fake.hash([], algorithm: .cn0) }
        #expect(wrong?.code == .selftest)
        let refused = await #expect(throws: NightjarError.self) {
            try await fake.hash([], algorithm: .rx0, seed: [1])
        }
        #expect(refused?.code == .unsupported)
    }

    @Test func manyHashesAtOnceShareALane() async throws {
        let engine = try Engine(devices: [.cpu])
        let vectors = try Vectors.hashes("cn/0")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for vector in vectors {
                group.addTask { try await engine.hash(vector.input.bytes, algorithm: .cn0).bytes == vector.hash.bytes }
            }
            for try await isRight in group { #expect(isRight) }
        }
        await engine.releaseLanes()
    }

    @Test func searchFindsAllAndEnds() async throws {
        let engine = try Engine(backends: [cpu, FakeBackend(.none, cpu: cpu)], verifier: cpu)
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 3, count: 76), nonceOffset: 39)
        let job = Job(name: "a", work: work, target: .easiest, nonces: NonceSpace(first: 5, last: 12))
        var nonces: [UInt32] = []
        for try await share in engine.search(job) { nonces.append(share.nonce) }
        #expect(nonces.sorted() == Array(5...12))
    }

    @Test func searchStopsWithItsConsumer() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try Engine(backends: [fake], verifier: cpu)
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 3, count: 76), nonceOffset: 39)
        for try await share in engine.search(Job(name: "a", work: work, target: .easiest)) {
            #expect(share.device == FakeBackend.id)
            break
        }
        // The lanes go with the stream.
        try await eventually("the end of the lanes") { fake.living.withLock { $0 } == 0 }
    }

    @Test func searchWithoutADeviceThrows() async throws {
        let engine = try Engine(backends: [FakeBackend(.wrongAnswers, cpu: cpu)], verifier: cpu)
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 3, count: 76), nonceOffset: 39)
        await #expect(throws: NightjarError.self) {
            let job = Job(name: "a", work: work, target: .easiest)
            for try await _ in engine.search(job, recovery: Recovery(pauses: [.zero])) { Issue.record("a share") }
        }
    }
}
