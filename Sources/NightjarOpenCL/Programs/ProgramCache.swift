import NightjarCore
import NightjarPlatform
import Synchronization

/// Built programs of one device: in memory, and on disk, as the driver's binaries, if a directory is given.
///
/// A program's key is everything that it depends on: device, driver, options and the whole source.
package final class ProgramCache: Sendable {
    private let context: Context
    private let directory: String?
    private let trustsFiles: Bool
    private let programs: Locked<RecentPrograms>
    private let loads = Atomic<Int>(0)

    /// How a program is kept on disk.
    package enum Keeping: String, Sendable {
        /// Until the user deletes it.
        case forGood
        /// Until there are ``latestCount`` newer ones of this kind: such a program is used for minutes only.
        case amongLatest
    }

    /// The number of programs that were built, or loaded from disk, so far.
    package var made: Int { loads.load(ordering: .relaxed) }

    /// How many programs are kept in memory: those of a few algorithms, and of CryptoNight-R's latest heights.
    package static let defaultMost = 16
    /// The most programs that are kept ``Keeping/amongLatest``.
    private static let latestCount = 8
    /// The folder of programs that are kept ``Keeping/amongLatest``.
    static let latestPart = "latest"

    /// - Parameters:
    ///   - directory: where binaries are kept; `nil` keeps none.
    ///   - trustsFiles: whether binaries on disk may be used. If not, they are built anew and replaced.
    ///   - most: how many programs are kept in memory.
    package init(_ context: Context, directory: String?, trustsFiles: Bool = true, most: Int = defaultMost) {
        self.context = context
        programs = Locked(RecentPrograms(most: most))
        self.trustsFiles = trustsFiles
        self.directory = directory
    }

    /// The files of the programs that are kept so; `nil` without a directory.
    static func files(_ directory: String?, _ keep: Keeping) -> BinaryFiles? {
        directory.map { BinaryFiles(directory: $0, part: keep == .amongLatest ? latestPart : nil) }
    }

    static func write(_ binary: [UInt8], for key: String, to files: BinaryFiles, _ keep: Keeping) {
        files.write(binary, for: key)
        if keep == .amongLatest { files.prune(to: latestCount) }
    }

    /// The program of a source, built now unless it was built before. A thread that asks for a program while another
    /// thread builds it waits.
    ///
    /// A source that was never built with this driver is built in a child process first: see ``ProgramTrial``.
    ///
    /// - Parameter keep: how it is kept on disk.
    /// - Throws: ``BuildFailure``, ``CallFailure``, or ``NightjarError`` when the driver crashes or hangs. Never for the
    ///   disk's sake.
    package func program(source: String, options: String, keep: Keeping) throws -> Program {
        let key = Self.key(context.device, source: source, options: options)
        return try programs.withLock { $0.entry(key) }.program.withLock { program in
            if let program { return program }
            let files = Self.files(directory, keep)
            var kept = load(key, from: files, options: options)
            if kept == nil {
                let request = ProgramRequest(
                    context.device, source: source, options: options, directory: directory, keep: keep)
                let fault = ProgramTrial.fault(request, key: key, on: context.device)
                kept = load(key, from: files, options: options)
                if let fault, kept == nil { throw fault }
            }
            let made = try kept?.program ?? Program(context, source: source, options: options)
            loads.add(1, ordering: .relaxed)
            program = made
            if kept?.program == nil, kept?.hasNoBinary != true, let files, let binary = try? made.binary(),
                !binary.isEmpty
            {
                Self.write(binary, for: key, to: files, keep)
            }
            return made
        }
    }

    /// Lets a child process make a context and the smallest of programs, if none ever did with this device and driver.
    ///
    /// - Throws: ``NightjarError`` when the driver crashes or hangs over that.
    static func tryDriver(of device: OpenCLDevice, directory: String?, options: String) throws(NightjarError) {
        let source = "__kernel void nothing(void) {}\n"
        let key = key(device, source: source, options: options)
        func isKnown() -> Bool { files(directory, .forGood)?.read(key) != nil }
        guard !isKnown() else { return }
        let request = ProgramRequest(device, source: source, options: options, directory: directory, keep: .forGood)
        if let fault = ProgramTrial.fault(request, key: key, on: device), !isKnown() { throw fault }
    }

    /// The key that a program is kept under.
    package static func key(_ device: OpenCLDevice, source: String, options: String) -> String {
        (device.identity + [device.build, options, source]).joined(separator: "\n")
    }

    /// What is on disk for a key.
    private struct Kept {
        /// `nil` when the source is known to be good, and the program must be built from it.
        let program: Program?
        /// Whether the driver gives no binary that it can load.
        var hasNoBinary = false
    }

    /// - Returns: `nil` when there is no file, or its program ended the process that loaded it last.
    private func load(_ key: String, from files: BinaryFiles?, options: String) -> Kept? {
        guard let files, let binary = files.read(key), let marker = files.marker(key) else { return nil }
        guard !binary.isEmpty else { return Kept(program: nil, hasNoBinary: true) }
        guard trustsFiles else { return Kept(program: nil) }
        guard marker.begin() else {
            files.remove(key)
            return nil
        }
        defer { marker.end() }
        // A driver may refuse a binary that it wrote itself.
        return Kept(program: try? Program(context, binary: binary, options: options, marker: marker))
    }

    /// The programs that were used last. CryptoNight-R has a new one for every block.
    private struct RecentPrograms {
        private var entries: [CachedProgram] = []
        let most: Int

        init(most: Int) { self.most = most }

        mutating func entry(_ key: String) -> CachedProgram {
            let known = entries.firstIndex { $0.key == key }.map { entries.remove(at: $0) }
            if known == nil, entries.count == most { entries.removeFirst() }
            let entry = known ?? CachedProgram(key)
            entries.append(entry)
            return entry
        }
    }

    /// A program; `nil` before it is built. The lock is held while a thread builds it.
    private final class CachedProgram: Sendable {
        let key: String
        let program = Locked<Program?>(nil)

        init(_ key: String) { self.key = key }
    }
}
