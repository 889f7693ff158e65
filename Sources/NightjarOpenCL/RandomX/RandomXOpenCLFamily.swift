import NightjarCore
import NightjarDevices

/// RandomX on OpenCL devices.
struct RandomXOpenCLFamily: OpenCLFamily {
    /// Whether lanes may prepare a dataset if there is memory for it; `nil` means on all devices but CPUs.
    let dataset: Bool?

    func launch(
        _ parameters: RandomXParameters, within limits: DeviceLimits, settings: TuningSettings
    ) throws(LaunchRefusal) -> RandomXLaunch {
        try RandomXLaunch(parameters, within: limits, dataset: dataset, settings: settings)
    }

    func knobs(_ parameters: RandomXParameters, within limits: DeviceLimits) -> [TuningKnob] {
        RandomXLaunch.knobs(parameters, within: limits, dataset: dataset)
    }
}

/// A device has one RandomX lane, because each lane has a dataset of its own and there is no memory for two.
extension RandomXLaunch: OpenCLLaunch {
    package var explanation: [String] {
        hasDataset ? [] : ["light mode: dataset items are computed as they are read"]
    }

    package var careful: (launch: RandomXLaunch, words: String)? {
        guard usesPTX else { return nil }
        var launch = self
        launch.usesPTX = false
        return (launch, "numbers are rounded without PTX, because the device has failed")
    }

    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try RandomXLane(runtime, algorithm, launch: self) }
    }
}
