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
        guard let portable else { return nil }
        return (portable.launch, "\(portable.words), because the device has failed")
    }

    /// A launch whose kernels round numbers without statements in a vendor's own language, and words that say so; `nil` when
    /// this launch has none.
    var portable: (launch: RandomXLaunch, words: String)? {
        guard usesPTX || usesGCN else { return nil }
        var launch = self
        (launch.usesPTX, launch.usesGCN) = (false, false)
        return (launch, "numbers are rounded without \(usesPTX ? "PTX" : "AMD's instructions")")
    }

    package func lane(_ runtime: DeviceRuntime, _ algorithm: Algorithm) throws(NightjarError) -> any Lane {
        try onDevice(runtime.device.id) { try RandomXLane(runtime, algorithm, launch: self) }
    }
}
