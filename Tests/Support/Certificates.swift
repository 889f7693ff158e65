import Foundation

/// Certificates made by OpenSSL (Debian package `openssl`) for one test, in a directory that goes with this object.
public final class Certificates: Sendable {
    public struct Failure: Error, CustomStringConvertible { public let description: String }

    private let directory: URL

    public init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nightjar-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    public func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// A certificate NAME.pem with the key NAME.key.
    ///
    /// - Parameters:
    ///   - names: `DNS:localhost`, `IP:127.0.0.1` and the like; none for an authority.
    ///   - commonName: the subject's; `nil` is one that names the test.
    ///   - authority: who signs it; `nil` is itself.
    public func make(_ name: String, for names: [String] = [], commonName: String? = nil, by authority: String? = nil)
        async throws
    {
        var words = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=\(commonName ?? "nightjar test \(name)")", "-keyout", path("\(name).key"), "-out",
            path("\(name).pem"),
        ]
        if !names.isEmpty {
            words += [
                "-addext", "subjectAltName=\(names.joined(separator: ","))", "-addext",
                "basicConstraints=critical,CA:FALSE",
            ]
        }
        if let authority { words += ["-CA", path("\(authority).pem"), "-CAkey", path("\(authority).key")] }
        _ = try await openssl(words)
    }

    /// As OpenSSL computes and prints it: upper case, with colons.
    public func fingerprint(_ name: String) async throws -> String {
        let text = try await openssl(["x509", "-in", path("\(name).pem"), "-noout", "-fingerprint", "-sha256"])
        guard let value = text.split(separator: "=").last else { throw Failure(description: "openssl: \(text)") }
        return value.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func openssl(_ words: [String]) async throws -> String {
        let output = path("output-\(UUID().uuidString)")
        let process = try ChildProcess(["openssl"] + words, files: ("/dev/null", output, path("errors")))
        guard try await process.wait(timeout: 60) == .exited(0) else {
            throw Failure(
                description: "openssl: \((try? String(contentsOfFile: path("errors"), encoding: .utf8)) ?? "")")
        }
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
