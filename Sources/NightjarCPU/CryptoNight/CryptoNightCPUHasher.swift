import NightjarAlgorithms
import NightjarCore
import NightjarDevices

final class CryptoNightCPUHasher: CPUHasher {
    let remarks: [String]
    private let hasher: CryptoNightHasher

    init(_ hasher: CryptoNightHasher, remarks: [String]) {
        self.hasher = hasher
        self.remarks = remarks
    }

    func prepare(_ epoch: Epoch) { hasher.prepare(height: epoch.height) }

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        hasher.hash(inputs, into: digests, width: width)
    }
}
