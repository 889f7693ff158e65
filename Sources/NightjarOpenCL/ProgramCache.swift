import Synchronization

/// Built programs of one device: in memory, and, where asked, as the driver's binaries on disk.
///
/// A program is known by all that decides it: device, driver, options and the whole source.
package final class ProgramCache: Sendable {
    private let context: Context
    private let files: BinaryFiles?
    private let programs = Mutex<Recent>(Recent())

    /// - Parameter directory: where binaries are kept; `nil` for nowhere.
    package init(_ context: Context, directory: String?) {
        self.context = context
        files = directory.map(BinaryFiles.init)
    }

    /// The program of that source, built now if nobody has before.
    ///
    /// - Parameter keep: whether it is worth keeping on disk: not if it is of use for minutes only.
    /// - Throws: ``BuildFailure`` or ``CallFailure``. Never for the disk's sake.
    package func program(source: String, options: String, keep: Bool) throws -> Program {
        let device = context.device
        let key = [
            device.description.platform, device.platformVersion, device.description.name, device.description.driver,
            options, source,
        ].joined(separator: "\n")
        if let known = programs.withLock({ $0.find(key) }) { return known }
        let program = try load(key, options: options) ?? build(key, source: source, options: options, keep: keep)
        programs.withLock { $0.insert(program, key) }
        return program
    }

    /// A driver may refuse a binary that it wrote itself, after an update that its version does not show: then `nil`.
    private func load(_ key: String, options: String) -> Program? {
        guard let binary = files?.read(key) else { return nil }
        return try? Program(context, binary: binary, options: options)
    }

    private func build(_ key: String, source: String, options: String, keep: Bool) throws -> Program {
        let program = try Program(context, source: source, options: options)
        if keep, let files, let binary = try? program.binary(), !binary.isEmpty { files.write(binary, for: key) }
        return program
    }

    /// The last few programs. CryptoNight-R alone makes a new one every block.
    private struct Recent {
        private var entries: [(key: String, program: Program)] = []
        private static let limit = 16

        mutating func find(_ key: String) -> Program? {
            guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.program
        }

        mutating func insert(_ program: Program, _ key: String) {
            if entries.count == Self.limit { entries.removeFirst() }
            entries.append((key, program))
        }
    }
}
