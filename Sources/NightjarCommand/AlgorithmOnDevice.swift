import Nightjar
import NightjarCore

/// An algorithm on a device.
struct AlgorithmOnDevice {
    let algorithm: Algorithm
    let device: DeviceID

    /// The pairs to run. When the user named devices, all pairs, so that a device that cannot run an algorithm is an
    /// error; otherwise only the pairs that can run.
    static func all(_ algorithms: [Algorithm], _ engine: Engine, devicesNamed: Bool) -> [AlgorithmOnDevice] {
        let implied = algorithms.isEmpty || !devicesNamed
        return (algorithms.isEmpty ? Catalog.all : algorithms).flatMap { algorithm in
            engine.devices.map { AlgorithmOnDevice(algorithm: algorithm, device: $0.id) }
                .filter { !implied || engine.support(for: algorithm, on: $0.device) == .supported }
        }
    }
}
