import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// How an algorithm of any family is launched on a device.
package enum OpenCLLaunch: Sendable, Hashable {
    case cryptonight(CryptoNightLaunch)
    case randomx(RandomXLaunch)

    /// - Parameters:
    ///   - dataset: as for ``RandomXLaunch``.
    ///   - settings: what differs from the default.
    /// - Throws: ``Refusal`` when the device cannot run it, or not so.
    package init(
        _ algorithm: Algorithm, within limits: DeviceLimits, dataset: Bool? = nil,
        settings: TuningSettings = TuningSettings()
    ) throws(Refusal) {
        switch algorithm.family {
        case .cryptonight(let parameters):
            self = .cryptonight(try CryptoNightLaunch(parameters, within: limits, settings: settings))
        case .randomx(let parameters):
            self = .randomx(try RandomXLaunch(parameters, within: limits, dataset: dataset, settings: settings))
        }
    }

    /// Hashes of a batch.
    package var batch: Int {
        switch self {
        case .cryptonight(let launch): launch.batch
        case .randomx(let launch): launch.batch
        }
    }

    /// Lanes, each with a queue of its own and a batch of this size.
    package var queues: Int {
        switch self {
        case .cryptonight(let launch): launch.queues
        // A dataset is a lane's own, and there is no room for two.
        case .randomx: 1
        }
    }

    package var settings: TuningSettings {
        switch self {
        case .cryptonight(let launch): launch.settings
        case .randomx(let launch): launch.settings
        }
    }

    /// A lane that launches so.
    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(DeviceError) -> any Lane {
        switch self {
        case .cryptonight(let launch): try CryptoNightLane(runtime, algorithm, launch: launch)
        case .randomx(let launch): try RandomXLane(runtime, algorithm, launch: launch)
        }
    }
}
