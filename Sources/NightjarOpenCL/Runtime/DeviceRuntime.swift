import NightjarCore
import NightjarPlatform
import Synchronization

/// What all lanes of one device share: its context and its programs.
package final class DeviceRuntime: Sendable {
    package let device: OpenCLDevice
    package let context: Context
    package let quirks: Quirks
    package let programs: ProgramCache
    let caches: HostCaches
    /// For each algorithm that lanes run and that has a program for each height: what builds that program.
    private let precompilers = Locked<[Algorithm: Precompiler]>([:])
    package typealias Precompiler = @Sendable (DeviceRuntime, _ height: UInt64) throws -> Void
    private let resolver: IncludeResolver

    /// - Parameters:
    ///   - cacheDirectory: where built programs are kept; `nil` keeps none.
    ///   - caches: shared with other devices.
    ///   - trustsFiles: whether programs on disk may be used. If not, they are built anew and replaced.
    ///   - extraSources: sources beside the embedded ones, by path.
    ///   - calls: how OpenCL is called. For tests.
    ///   - hangLimit: how long the device may take for a batch; `nil` takes the device's ``Quirks``. For tests.
    ///   - mostPrograms: how many programs are kept in memory. For tests, which use more of them than a miner.
    /// - Throws: ``NightjarError``.
    package init(
        _ device: OpenCLDevice, cacheDirectory: String? = BinaryFiles.defaultDirectory,
        caches: HostCaches = HostCaches(),
        trustsFiles: Bool = true, extraSources: [String: String] = [:], calls: Calls = Calls(),
        hangLimit: Duration? = nil, mostPrograms: Int = ProgramCache.defaultMost
    ) throws(NightjarError) {
        self.device = device
        self.caches = caches
        let quirks = Quirks(device)
        self.quirks = quirks
        if let reason = quirks.unusable { throw NightjarError(device: device.id, reason: reason) }
        try ProgramCache.tryDriver(of: device, directory: cacheDirectory, options: quirks.buildOptions)
        context = try onDevice(device.id) {
            try Context(device, calls: calls, hangLimit: hangLimit ?? quirks.hangLimit)
        }
        programs = ProgramCache(
            context, directory: cacheDirectory, trustsFiles: trustsFiles, most: mostPrograms)
        resolver = IncludeResolver(files: KernelSources.embedded.merging(extraSources) { _, extra in extra })
    }

    /// Keeps how to build a height's program of `algorithm`, which a lane of this device runs.
    package func keep(_ precompiler: @escaping Precompiler, for algorithm: Algorithm) {
        precompilers.withLock { $0[algorithm] = precompiler }
    }

    /// Builds the program of a coming height. Does nothing for an algorithm that no lane runs, or that has no such
    /// program. On any thread; a lane that asks for the program meanwhile waits for it.
    ///
    /// - Throws: as ``program(_:prelude:keep:)``, or ``CallFailure``.
    package func precompile(_ algorithm: Algorithm, height: UInt64) throws {
        try precompilers.withLock { $0[algorithm] }?(self, height)
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

/// Runs `body`, and turns every error of it into one that names the device.
package func onDevice<Result>(_ id: DeviceID, _ body: () throws -> Result) throws(NightjarError) -> Result {
    do {
        return try body()
    } catch let error as NightjarError {
        throw error
    } catch {
        throw NightjarError(device: id, reason: "\(error)")
    }
}
