import NightjarCore
import NightjarDevices

/// SHA-256d on OpenCL devices.
struct SHA256dOpenCLFamily: OpenCLFamily {
    func launch(
        _ parameters: SHA256dParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> SHA256dLaunch {
        try SHA256dLaunch(within: limits, settings: settings)
    }

    func knobs(_ parameters: SHA256dParameters, within limits: DeviceLimits) -> [TuningKnob] {
        SHA256dLaunch.knobs(within: limits)
    }
}

extension SHA256dLaunch: OpenCLLaunch {
    package var explanation: [String] {
        let side = width == 1 ? "one after the other" : "\(width) side by side"
        return [
            "a work-item hashes \(max(width, nonces)) nonces in a launch, \(side)"
                + (unrolls ? ", with all rounds written out" : "")
                + (multiplies ? "; it multiplies by one where it adds" : "")
        ]
    }

    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try SHA256dLane(runtime, algorithm, launch: self) }
    }
}
