import Nightjar
import NightjarCore

/// An algorithm on a device.
struct AlgorithmOnDevice {
    let algorithm: Algorithm
    let device: DeviceID

    /// Which pairs to run: those that were named, able or not; of those that were only implied, the able ones.
    static func all(_ algorithms: [Algorithm], _ engine: Engine, devicesNamed: Bool) -> [AlgorithmOnDevice] {
        let implied = algorithms.isEmpty || !devicesNamed
        return (algorithms.isEmpty ? Catalog.all : algorithms).flatMap { algorithm in
            engine.devices.map { AlgorithmOnDevice(algorithm: algorithm, device: $0.id) }
                .filter { !implied || engine.support(for: algorithm, on: $0.device) == .supported }
        }
    }
}
