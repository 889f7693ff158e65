import NightjarAlgorithms
import NightjarCore
import NightjarDevices

final class ScryptCPUHasher: CPUHasher {
    private let hasher: ScryptHasher

    init(_ hasher: ScryptHasher) { self.hasher = hasher }

    func prepare(_ epoch: Epoch) {}

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        hasher.hash(inputs, into: digests, width: width)
    }
}
