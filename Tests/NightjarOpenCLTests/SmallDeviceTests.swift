import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// Devices whose limits are small, odd or as large as a driver may claim.
@Suite("Devices with odd limits", .timeLimit(.minutes(2)))
struct SmallDeviceTests {
    @Test(
        "Every algorithm has a launch within the limits, or is refused in words",
        arguments: [1, 1 << 20, 100 << 20, 200 << 20, 512 << 20, 900 << 20, 3 << 30, 1 << 50] as [UInt64])
    func limits(_ maxAllocation: UInt64) {
        var launches = 0
        for memory in [1, 64 << 20, 1 << 30, 3 << 30, 1 << 50] as [UInt64] where maxAllocation <= memory {
            for units in [1, 1 << 16] {
                for group in [1, 256, 1 << 16] {
                    let limits = DeviceLimits(
                        kind: .gpu, computeUnits: units, memory: memory, maxAllocation: maxAllocation, maxGroup: group,
                        fp64: true)
                    for algorithm in Catalog.all {
                        do throws(LaunchRefusal) {
                            let launch = try OpenCLFamilies.builtIn().launch(algorithm, within: limits)
                            #expect(launch.batch > 0 && launch.queues > 0)
                            launches += 1
                        } catch {
                            #expect(!error.reason.isEmpty)
                        }
                    }
                }
            }
        }
        #expect(launches > 0 || maxAllocation > 1 << 49 || maxAllocation == 1, "sha256d needs next to nothing")
    }
}
