import Foundation

/// A shared library that a test makes: its path, in a folder that is removed with the object.
public final class SharedObject {
    public let folder: String
    public let path: String

    /// Compiles C text with `cc`.
    public init(_ name: String, _ source: String) async throws {
        folder = NSTemporaryDirectory() + "nightjar-object-\(UUID().uuidString)"
        path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(source.utf8).write(to: URL(fileURLWithPath: folder + "/source.c"))
        let compiler = try ChildProcess(
            ["cc", "-shared", "-fPIC", "-o", path, folder + "/source.c", "-ldl"],
            files: ("/dev/null", "/dev/null", folder + "/errors"))
        guard try await compiler.wait(timeout: 60) == .exited(0) else {
            let words = (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? ""
            throw ChildProcess.Failure(description: "cc: \(words)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
