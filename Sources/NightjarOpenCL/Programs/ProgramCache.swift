import NightjarPlatform
import Synchronization

/// Built programs of one device: in memory, and on disk, as the driver's binaries, if a directory is given.
///
/// A program's key is everything that it depends on: device, driver, options and the whole source.
package final class ProgramCache: Sendable {
    private let context: Context
    private let files: BinaryFiles?
    private let latest: BinaryFiles?
    private let trustsFiles: Bool
    private let programs = Locked<RecentPrograms>(RecentPrograms())
    private let loads = Atomic<Int>(0)

    /// How a program is kept on disk.
    package enum Keeping: Sendable {
        /// Until the user deletes it.
        case forGood
        /// Until there are ``latestCount`` newer ones of this kind: such a program is used for minutes only.
        case amongLatest
    }

    /// The number of programs that were built, or loaded from disk, so far.
    package var made: Int { loads.load(ordering: .relaxed) }

    /// The most programs that are kept ``Keeping/amongLatest``.
    private static let latestCount = 8
    /// The folder of programs that are kept ``Keeping/amongLatest``.
    static let latestPart = "latest"

    /// - Parameters:
    ///   - directory: where binaries are kept; `nil` keeps none.
    ///   - trustsFiles: whether binaries on disk may be used. If not, they are built anew and replaced.
    package init(_ context: Context, directory: String?, trustsFiles: Bool = true) {
        self.context = context
        self.trustsFiles = trustsFiles
        files = directory.map { BinaryFiles(directory: $0) }
        latest = directory.map { BinaryFiles(directory: $0, part: Self.latestPart) }
    }

    /// The program of a source, built now unless it was built before. A thread that asks for a program while another
    /// thread builds it waits.
    ///
    /// - Parameter keep: how it is kept on disk.
    /// - Throws: ``BuildFailure`` or ``CallFailure``. Never for the disk's sake.
    package func program(source: String, options: String, keep: Keeping) throws -> Program {
        let key = Self.key(context.device, source: source, options: options)
        return try programs.withLock { $0.entry(key) }.program.withLock { program in
            if let program { return program }
            let files = keep == .forGood ? files : latest
            let made = try load(key, from: files, options: options) ?? build(source, options: options)
            loads.add(1, ordering: .relaxed)
            program = made.program
            if made.isNew, let files, let binary = try? made.program.binary(), !binary.isEmpty {
                files.write(binary, for: key)
                if keep == .amongLatest { files.prune(to: Self.latestCount) }
            }
            return made.program
        }
    }

    /// The key that a program is kept under.
    package static func key(_ device: OpenCLDevice, source: String, options: String) -> String {
        (device.identity + [options, source]).joined(separator: "\n")
    }

    /// - Returns: `nil` when there is no binary, the driver refuses it, or it ended the process that loaded it last. A
    ///   driver may refuse a binary that it wrote itself, after an update that did not change its version.
    private func load(_ key: String, from files: BinaryFiles?, options: String) -> (program: Program, isNew: Bool)? {
        guard trustsFiles, let files, let binary = files.read(key), let marker = files.marker(key) else { return nil }
        guard marker.begin() else {
            files.remove(key)
            return nil
        }
        defer { marker.end() }
        return (try? Program(context, binary: binary, options: options, marker: marker)).map { ($0, false) }
    }

    private func build(_ source: String, options: String) throws -> (program: Program, isNew: Bool) {
        (try Program(context, source: source, options: options), true)
    }

    /// The programs that were used last. CryptoNight-R has a new one for every block.
    private struct RecentPrograms {
        private var entries: [CachedProgram] = []
        private static let limit = 16

        mutating func entry(_ key: String) -> CachedProgram {
            let known = entries.firstIndex { $0.key == key }.map { entries.remove(at: $0) }
            if known == nil, entries.count == Self.limit { entries.removeFirst() }
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
