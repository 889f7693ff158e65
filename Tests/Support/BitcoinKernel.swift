import Foundation
import Glibc
import NightjarJSON

/// Bitcoin Core's consensus code behind the RPC that a miner asks, with a regtest chain, for as long as this object
/// lives: see `Tests/BitcoinKernel/node.py`.
///
/// Needs the Python environment that `make setup-test` makes.
package final class BitcoinKernel: Sendable {
    package let rpc: BitcoinCaller
    private let process: ChildProcess
    private let directory: URL

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Starts it, and waits until it answers.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - cookie: where it writes its login; `nil` for a file of its own.
    package static func start(port: Int = 0, cookie: String? = nil) async throws -> BitcoinKernel {
        var last = Failure(description: "not tried")
        // A free port may be taken by another program before the server has it.
        for _ in 0..<5 {
            do {
                let node = try BitcoinKernel(port: port == 0 ? try PlainHTTP.freePorts(1)[0] : port, cookie: cookie)
                try await node.waitUntilReady()
                return node
            } catch let failure as Failure {
                last = failure
            }
        }
        throw last
    }

    private init(port: Int, cookie: String?) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nightjar-kernel-\(UUID().uuidString)")
        let chain = directory.appendingPathComponent("chain")
        try FileManager.default.createDirectory(at: chain, withIntermediateDirectories: true)
        rpc = BitcoinCaller(port: port, cookie: cookie ?? directory.path + "/cookie")
        process = try ChildProcess(
            [
                Self.root.path + "/.build/test-python/bin/python3", Self.root.path + "/Tests/BitcoinKernel/node.py",
                "\(port)", chain.path, rpc.cookie,
            ], files: ("/dev/null", "/dev/null", directory.path + "/errors"))
    }

    deinit {
        process.send(SIGKILL)
        while process.end == nil { usleep(10_000) }
        try? FileManager.default.removeItem(at: directory)
    }

    /// Ends it now, and waits for its end.
    package func stop() async throws {
        process.send(SIGKILL)
        guard try await process.wait(timeout: 60) != nil else { throw Failure(description: "it does not end") }
    }

    private func waitUntilReady() async throws {
        for _ in 0..<1200 {
            if (try? await rpc.text("getbestblockhash")) != nil { return }
            if let end = process.end {
                let errors = try? String(contentsOfFile: directory.path + "/errors", encoding: .utf8)
                throw Failure(description: "the node ended at once: \(end) \(errors?.suffix(300) ?? "")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "the node did not answer")
    }

    /// The number of blocks after the first one.
    package func height() async throws -> Int {
        Int(try await rpc.call("getblockchaininfo")["blocks"]?.int64 ?? 0)
    }
}
