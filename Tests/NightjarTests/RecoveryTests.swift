import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarOpenCL
import NightjarPlatform
import Synchronization
import TestSupport
import Testing

/// Devices that fail are made anew three times, then quarantined; the others go on. No clock: the pauses are none.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RecoveryTests {
    private let cpu = CPUBackend()
    private static let quick = Recovery(pauses: [.zero, .zero, .zero])

    private func job(_ target: Target = .easiest) throws -> Job {
        Job(
            name: "a",
            work: try Work(algorithm: .cn0, input: [UInt8](repeating: 7, count: 76), nonceOffset: 39, height: 1),
            target: target)
    }

    private func start(_ backends: [any Backend], target: Target = .easiest) throws -> Mining {
        let mining = try Engine(threads: 1, backends: backends, verifier: cpu)
            .startMining(auditInterval: .zero, eventCapacity: 100, recovery: Self.quick)
        mining.setJob(try job(target))
        return mining
    }

    private func record(_ mining: Mining, _ device: DeviceID) -> DeviceHealth? {
        mining.health().first { $0.device == device }
    }

    @Test func aDeviceThatComesRoundMinesOn() async throws {
        let fake = FakeBackend(.lanesFail(2), cpu: cpu)
        let mining = try start([fake])
        var attempts: [Int] = []
        for await event in mining.events {
            if case .recovering(FakeBackend.id, let reason, let pause, let attempt) = event {
                #expect(reason == "it broke" && pause == .zero)
                attempts.append(attempt)
            }
            if case .failed(_, let reason) = event { Issue.record("\(reason)") }
            if case .share = event { break }
        }
        #expect(attempts == [1, 2])
        let health = try #require(record(mining, FakeBackend.id))
        #expect(health.state == .working && health.rebuilds == 2 && health.wrong == 0)
        #expect(fake.resets.withLock { $0 } == [0, 0], "reset when the failed lanes are gone")
        await mining.stop()
    }

    @Test(arguments: [
        (FakeBackend.Fault.scanFails(after: 1), "it broke"), (.prepareFails, "out of fake memory"),
        (.planFails, "no plan today"), (.wrongAnswers, "gives wrong hashes for cn/0"),
        (.emptySilence, "gave only 0 digests"), (.wrongCandidates, "checked hashes are wrong"),
        (.foreignNonces, "checked hashes are wrong"),
    ])
    func oneThatDoesNotIsQuarantinedAndTheOthersGoOn(_ fault: FakeBackend.Fault, _ reason: String) async throws {
        let fake = FakeBackend(fault, cpu: cpu, lanes: 2)
        let mining = try start([cpu, fake])
        var attempts: [Int] = []
        var quarantine: String?
        var sharesAfter = 0
        for await event in mining.events {
            switch event {
            case .recovering(let device, let why, _, let attempt):
                #expect(device == FakeBackend.id && why.contains(reason), "\(why)")
                attempts.append(attempt)
            case .failed(let device, let why):
                #expect(device == FakeBackend.id && quarantine == nil)
                quarantine = why
            // The sick device's may still come: what it found before is only now checked.
            case .share(let share): if quarantine != nil, share.device == .cpu { sharesAfter += 1 }
            default: break
            }
            if sharesAfter >= 3 { break }
        }
        #expect(attempts == [1, 2, 3])
        #expect(quarantine?.hasPrefix("quarantined after 4 failures, the last one: ") == true, "\(quarantine ?? "")")
        #expect(quarantine?.contains(reason) == true)
        let sick = try #require(record(mining, FakeBackend.id))
        #expect(sick.state == .quarantined(reason: quarantine ?? "") && sick.rebuilds == 3)
        // Another algorithm does not bring it back.
        mining.setJob(
            Job(
                name: "b", work: try Work(algorithm: .cn1, input: [UInt8](repeating: 7, count: 76), nonceOffset: 39),
                target: .easiest))
        for await event in mining.events {
            if case .preparing(let device, .cn1) = event { #expect(device == .cpu) }
            if case .share(let share) = event, share.jobID.name == "b" {
                #expect(share.device == .cpu, "a quarantined device finds nothing")
                break
            }
        }
        #expect(record(mining, FakeBackend.id)?.state == sick.state)
        let well = try #require(record(mining, .cpu))
        #expect(
            well.state == .working && well.wrong == 0 && well.checked > 0 && well.errorRate == 0 && well.rebuilds == 0)
        await mining.stop()
        #expect(fake.living.withLock { $0 } == 0)
    }

    /// Nothing that it says is a candidate; only samples of what it keeps to itself can show what it is.
    @Test func wrongHashesThatAreKeptBackQuarantineToo() async throws {
        let fake = FakeBackend(.wrongSilence, cpu: cpu)
        let mining = try start([fake], target: #require(Target(cryptonote: 1)))
        for await event in mining.events { if case .failed = event { break } }
        let health = try #require(record(mining, FakeBackend.id))
        #expect(health.errorRate == 1 && health.checked == health.wrong && health.wrong >= 4 * 3)
        await mining.stop()
    }

    /// The CPU is audited like any other device, and once an interval for all lanes together.
    @Test func everyDeviceIsAudited() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let mining = try start([cpu, fake], target: #require(Target(cryptonote: 1)))
        // No event tells of an audit that went well: ask.
        try await eventually("three audits of each: \(mining.health())") {
            mining.health().allSatisfy { $0.checked >= 3 }
        }
        #expect(mining.health().allSatisfy { $0.wrong == 0 && $0.errorRate == 0 })
        await mining.stop()
    }

    @Test func aHashThatFailsIsTriedOnADeviceMadeAnew() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try Engine(backends: [FailingOnce(fake)], verifier: cpu)
        let input = [UInt8](repeating: 1, count: 76)
        await #expect(throws: NightjarError.self) { try await engine.hash(input, algorithm: .cn0) }
        let digest = try await engine.hash(input, algorithm: .cn0)
        #expect(digest == (try await Engine(backends: [cpu], verifier: cpu).hash(input, algorithm: .cn0)))
        #expect(fake.resets.withLock { $0.count } == 1)
        await engine.releaseLanes()
    }

    /// Its first lane cannot be made.
    private final class FailingOnce: Backend {
        let inner: FakeBackend
        let failed = Atomic(false)
        var devices: [Device] { inner.devices }

        init(_ inner: FakeBackend) { self.inner = inner }

        func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }
        func reset(_ device: DeviceID) { inner.reset(device) }
        func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
            let plan = try inner.plan(algorithm, on: device, threads: threads)
            guard !failed.exchange(true, ordering: .relaxed) else { return plan }
            return LanePlan(lanes: [{ throw NightjarError(device: device, reason: "not yet") }], explanation: [])
        }
    }

    /// A real driver, whose launches fail from some point on: whatever fails, it is made anew, and mines.
    @Test func anOpenCLDeviceIsMadeAnew() async throws {
        let contexts = Atomic(0)
        let launches = Atomic(0)
        let opencl = OpenCLBackend(
            cacheDirectory: nil,
            calls: Calls { name, perform in
                if name == "clCreateContext" { contexts.wrappingAdd(1, ordering: .relaxed) }
                if name == "clEnqueueNDRangeKernel", contexts.load(ordering: .relaxed) == 1,
                    launches.wrappingAdd(1, ordering: .relaxed).newValue > 20
                {
                    return -5
                }
                return perform()
            })
        let device = try #require(opencl.devices.first?.id, "the tests need an OpenCL device")
        let engine = try Engine(devices: [.device(device)], backends: [opencl], verifier: cpu)
        let mining = try engine.startMining(auditInterval: .zero, eventCapacity: 100, recovery: Self.quick)
        mining.setJob(try job())
        var recoveries: [String] = []
        for await event in mining.events {
            if case .recovering(_, let reason, _, _) = event { recoveries.append(reason) }
            if case .failed(_, let reason) = event {
                Issue.record("\(reason)")
                break
            }
            if case .share = event, !recoveries.isEmpty { break }
        }
        #expect(recoveries.count == 1)
        #expect(recoveries.first?.hasPrefix("clEnqueueNDRangeKernel (cn_") == true, "\(recoveries)")
        #expect(contexts.load(ordering: .relaxed) == 2)
        #expect(record(mining, device)?.state == .working)
        await mining.stop()
    }

    /// A launch that never comes back, beside a CPU that goes on.
    @Test func anOpenCLDeviceThatHangsIsQuarantined() async throws {
        let hangs = Atomic(false)
        let opencl = OpenCLBackend(
            cacheDirectory: nil,
            calls: Calls { name, perform in
                name == "clGetEventInfo" && hangs.load(ordering: .relaxed) ? 0 : perform()
            }, hangLimit: .milliseconds(10))
        let device = try #require(opencl.devices.first?.id, "the tests need an OpenCL device")
        hangs.store(true, ordering: .relaxed)
        let engine = try Engine(
            devices: [.device(.cpu), .device(device)], threads: 1, backends: [cpu, opencl], verifier: cpu)
        let mining = try engine.startMining(auditInterval: .zero, eventCapacity: 100, recovery: Self.quick)
        mining.setJob(try job())
        var attempts = 0
        var quarantine: String?
        for await event in mining.events {
            if case .recovering(device, let reason, _, _) = event {
                #expect(reason.contains("the device hangs"), "\(reason)")
                attempts += 1
            }
            if case .failed(device, let reason) = event { quarantine = reason }
            if case .share(let share) = event, quarantine != nil {
                #expect(share.device == .cpu)
                break
            }
        }
        #expect(attempts == 3)
        #expect(quarantine?.contains("the device hangs: not done after 0.01 seconds") == true)
        await mining.stop()
    }
}
