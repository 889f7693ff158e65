import NightjarCore
import NightjarDevices

/// scrypt on OpenCL devices.
struct ScryptOpenCLFamily: OpenCLFamily {
    func launch(
        _ parameters: ScryptParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> ScryptLaunch {
        try ScryptLaunch(rows: Self.rows(parameters), within: limits, settings: settings)
    }

    func knobs(_ parameters: ScryptParameters, within limits: DeviceLimits) -> [TuningKnob] {
        ScryptLaunch.knobs(rows: Self.rows(parameters), within: limits)
    }

    private static func rows(_ parameters: ScryptParameters) -> Int { (parameters.scratchpad ?? 0) / ScryptLaunch.row }
}

extension ScryptLaunch: OpenCLLaunch {
    package var scratchpad: Int? { pad }

    package var explanation: [String] {
        let share = items == 1 ? "a work-item mixes a whole hash" : "\(items) work-items share a hash"
        return [
            gap == 1
                ? share
                : share
                    + "; of \(gap) rows of a scratchpad one is stored, and the others are computed when they are read"
        ]
    }

    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try ScryptLane(runtime, algorithm, launch: self) }
    }
}
