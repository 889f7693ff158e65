import NightjarCore
import NightjarDevices

/// CryptoNight on OpenCL devices.
struct CryptoNightOpenCLFamily: OpenCLFamily {
    func launch(
        _ parameters: CryptoNightParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> CryptoNightLaunch {
        try CryptoNightLaunch(parameters, within: limits, settings: settings)
    }

    func knobs(_ parameters: CryptoNightParameters, within limits: DeviceLimits) -> [TuningKnob] {
        CryptoNightLaunch.knobs(parameters, within: limits)
    }
}

extension CryptoNightLaunch: OpenCLLaunch {
    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try CryptoNightLane(runtime, algorithm, launch: self) }
    }
}
