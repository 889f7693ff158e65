import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

/// The backend that all tests share, so that a program is compiled once. It keeps nothing on disk.
enum Fixture {
    static let backend = OpenCLBackend(cacheDirectory: nil, mostPrograms: 200)
    static let devices = OpenCLDevice.all().devices

    static func device() throws -> OpenCLDevice { try #require(devices.first, "the tests need an OpenCL device") }

    /// Every device, and at least one.
    static func all() throws -> [OpenCLDevice] {
        _ = try device()
        return devices
    }

    /// A lane as the backend plans it.
    static func lane(_ algorithm: Algorithm, on device: DeviceID) throws -> any Lane {
        let plan = try backend.plan(algorithm, on: device, threads: nil)
        let make = try #require(plan.lanes.first)
        return try make()
    }

    /// A lane with a launch of the test's choice.
    static func lane(
        _ algorithm: Algorithm, on device: OpenCLDevice, _ change: (inout CryptoNightLaunch) -> Void
    ) throws -> CryptoNightLane {
        guard let parameters = algorithm.parameters as? CryptoNightParameters else {
            preconditionFailure("not CryptoNight")
        }
        var launch = try CryptoNightLaunch(parameters, within: device.limits)
        change(&launch)
        return try CryptoNightLane(backend.runtime(of: device), algorithm, launch: launch)
    }

    /// The benchmark's work: zeros, the nonce at byte 39, height 1.
    static func benchmarkWork(_ algorithm: Algorithm) throws -> Work {
        let (length, offset) = algorithm.benchmarkInput
        return try Work(
            algorithm: algorithm, input: [UInt8](repeating: 0, count: length), nonceOffset: offset, height: 1)
    }
}

extension Lane {
    /// The digests of `nonces`, batch by batch.
    func digests(_ nonces: Range<UInt64>) throws -> [Digest] {
        var all = [Digest](repeating: Digest(), count: nonces.count)
        try all.withUnsafeMutableBufferPointer { buffer in
            for start in stride(from: 0, to: nonces.count, by: batch) {
                let count = min(batch, nonces.count - start)
                let first = nonces.lowerBound + UInt64(start)
                try digests(
                    first..<(first + UInt64(count)),
                    into: UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + count)]))
            }
        }
        return all
    }
}
