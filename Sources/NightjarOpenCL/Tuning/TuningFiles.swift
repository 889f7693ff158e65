import NightjarCore
import NightjarPlatform

/// Measured settings on disk, by device, driver, algorithm and kernel sources. A file that cannot be read or written
/// does no harm.
package struct TuningFiles: Sendable {
    private let files: BinaryFiles
    static let part = "tuning"

    package init(directory: String) {
        files = BinaryFiles(directory: directory, part: Self.part, suffix: "tuning", rules: .tuning)
    }

    /// The settings that were kept, and the line that explains them; `nil` when there are none, or the file is damaged.
    package func read(_ algorithm: Algorithm, _ device: OpenCLDevice) -> (TuningSettings, String)? {
        guard let bytes = files.read(Self.key(algorithm, device)) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 2, let settings = TuningSettings(lines[0]) else { return nil }
        return (settings, String(lines[1]))
    }

    /// - Parameter explanation: one line.
    /// - Returns: whether they were written.
    package func write(
        _ settings: TuningSettings, explanation: String, _ algorithm: Algorithm, _ device: OpenCLDevice
    ) -> Bool {
        let line = String(explanation.map { $0.isNewline ? " " : $0 })
        return files.write(Array("\(settings)\n\(line)".utf8), for: Self.key(algorithm, device))
    }

    /// The file of these settings, for a test to damage.
    package func path(_ algorithm: Algorithm, _ device: OpenCLDevice) -> String {
        files.path(Self.key(algorithm, device))
    }

    private static func key(_ algorithm: Algorithm, _ device: OpenCLDevice) -> String {
        (device.identity + [algorithm.name, kernels]).joined(separator: "\n")
    }

    /// A fingerprint of all kernel sources: settings that were measured with other kernels are not used.
    private static let kernels: String = {
        let texts = KernelSources.embedded.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)" }
        return String(BinaryFiles.fingerprint(Array(texts.joined().utf8)), radix: 16)
    }()
}
