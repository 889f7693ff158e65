import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices

/// The toy on the native CPU.
package struct ToyCPUFamily: CPUHasherFamily {
    package static let batch = 1000

    package init(_ machine: CPUMachine) {}

    package func widths(_ parameters: ToyParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        CPUWidths(1...1, batch: Self.batch)
    }

    package func hasher(_ parameters: ToyParameters, _ resources: CPUHasherResources) -> any CPUHasher { ToyHasher() }
}

private final class ToyHasher: CPUHasher {
    func prepare(_ work: Work) {}

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        let size = inputs.count / digests.count
        for index in digests.indices {
            digests[index] = ToyParameters.digest(
                UnsafeRawBufferPointer(rebasing: inputs[index * size..<(index + 1) * size]))
        }
    }
}
