import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// scrypt on the native CPU.
struct ScryptCPUFamily: CPUFamily {
    init(_ machine: CPUMachine) {}

    func widths(_ parameters: ScryptParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        CPUWidths(1...1, batch: 16)
    }

    func hasher(_ parameters: ScryptParameters, _ resources: CPUHasherResources) -> any CPUHasher {
        ScryptCPUHasher(scratchpad: resources.scratchpads)
    }
}

private final class ScryptCPUHasher: CPUHasher {
    let gainsFromWidth = false
    private let scratchpad: UnsafeMutableRawBufferPointer

    init(scratchpad: UnsafeMutableRawBufferPointer) { self.scratchpad = scratchpad }

    func prepare(_ work: Work) {}

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        let size = inputs.count / digests.count
        for index in digests.indices {
            Scrypt.hash(
                UnsafeRawBufferPointer(rebasing: inputs[index * size..<(index + 1) * size]), scratchpad: scratchpad,
                into: &digests[index])
        }
    }
}
