import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// SHA-256d on the native CPU.
struct SHA256dCPUFamily: CPUFamily {
    init(_ machine: CPUMachine) {}

    func widths(_ parameters: SHA256dParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        CPUWidths(1...1, batch: 4096)
    }

    func hasher(_ parameters: SHA256dParameters, _ resources: CPUHasherResources) -> any CPUHasher {
        SHA256dCPUHasher()
    }
}

private final class SHA256dCPUHasher: CPUHasher {
    let gainsFromWidth = false

    func prepare(_ work: Work) {}

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        let size = inputs.count / digests.count
        for index in digests.indices {
            SHA256d.hash(
                UnsafeRawBufferPointer(rebasing: inputs[index * size..<(index + 1) * size]), into: &digests[index])
        }
    }
}
