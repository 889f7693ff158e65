import NightjarCore
import Synchronization

/// What all lanes of one device share: its context and its programs.
package final class DeviceRuntime: Sendable {
    package let device: OpenCLDevice
    package let context: Context
    package let quirks: Quirks
    package let programs: ProgramCache
    let caches: HostCaches
    /// What makes a height's program, for those algorithms with such programs that lanes run.
    private let foreseeable = Mutex<[Algorithm: Foreseeing]>([:])
    package typealias Foreseeing = @Sendable (DeviceRuntime, _ height: UInt64) throws -> Void
    private let resolver: IncludeResolver

    /// - Parameters:
    ///   - cacheDirectory: where built programs are kept; `nil` for nowhere.
    ///   - caches: shared with other devices.
    ///   - trustsFiles: whether programs that are kept there may be used, and not only written.
    ///   - extraSources: sources beside the embedded ones, by path.
    ///   - calls: how OpenCL is called. For tests.
    ///   - patience: how long the device may take for what was enqueued; `nil` as ``Quirks`` say. For tests.
    /// - Throws: ``DeviceError``.
    package init(
        _ device: OpenCLDevice, cacheDirectory: String? = BinaryFiles.defaultDirectory,
        caches: HostCaches = HostCaches(),
        trustsFiles: Bool = true, extraSources: [String: String] = [:], calls: Calls = Calls(),
        patience: Duration? = nil
    ) throws(DeviceError) {
        self.device = device
        self.caches = caches
        let quirks = Quirks(device)
        self.quirks = quirks
        if let reason = quirks.unusable { throw DeviceError(device: device.id, reason: reason) }
        context = try onDevice(device.id) {
            try Context(device, calls: calls, patience: patience ?? quirks.patience)
        }
        programs = ProgramCache(context, directory: cacheDirectory, trustsFiles: trustsFiles)
        resolver = IncludeResolver(files: KernelSources.embedded.merging(extraSources) { _, extra in extra })
    }

    /// Says that a lane runs `algorithm` on this device, so that ``foresee(_:height:)`` knows how.
    package func note(_ algorithm: Algorithm, _ foreseeing: @escaping Foreseeing) {
        foreseeable.withLock { $0[algorithm] = foreseeing }
    }

    /// Makes the program of a height that is going to come, for the lane that is there; does nothing without one. On
    /// any thread; whoever wants the same program meanwhile waits for it.
    ///
    /// - Throws: as ``program(_:prelude:keep:)``, or ``CallFailure``.
    package func foresee(_ algorithm: Algorithm, height: UInt64) throws {
        try foreseeable.withLock { $0[algorithm] }?(self, height)
    }

    /// The program of the source at `path` with its prelude.
    ///
    /// - Parameter keep: how it is kept on disk.
    /// - Throws: ``BuildFailure``, ``CallFailure`` or ``IncludeError``.
    package func program(_ path: String, prelude: Prelude, keep: ProgramCache.Keeping = .forGood) throws -> Program {
        let source = prelude.text + (try resolver.flatten(path))
        return try programs.program(source: source, options: quirks.buildOptions, keep: keep)
    }
}

/// Runs `body`, and turns whatever it throws into an error that names the device.
package func onDevice<Result>(_ id: DeviceID, _ body: () throws -> Result) throws(DeviceError) -> Result {
    do {
        return try body()
    } catch let error as DeviceError {
        throw error
    } catch {
        throw DeviceError(device: id, reason: "\(error)")
    }
}
