import Foundation
import Glibc
import NightjarWire

/// A Monero node with a private chain (`--regtest`), for as long as this object lives.
///
/// Several can run at once: each has ports and a directory of its own. Needs Debian's package `monero`.
public final class Monerod: Sendable {
    /// A wallet address that regtest nodes take.
    public static let address =
        "42ey1afDFnn4886T7196doS9GPMzexD9gXpsZJDwVjeRVdFCSoHnv7KPbBeGpzJBzHRCAs9UxqeoyFQMYbqSWYTfJJQAWDm"

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The port of its RPC on 127.0.0.1.
    public let rpcPort: Int
    /// The port at which it publishes new blocks, when it was asked to.
    public let zmqPort: Int?
    private let process: ChildProcess
    private let directory: URL

    /// Starts a node and waits until it answers.
    ///
    /// - Parameters:
    ///   - difficulty: of every block; at 1 the node takes any hash, and at others it checks by RandomX.
    ///   - environment: added to this process's: `SEEDHASH_EPOCH_BLOCKS` and the like.
    ///   - zmq: it publishes new blocks at ``zmqPort``.
    ///   - arguments: more of them. With a login for its RPC, the methods of this object that ask the node do not work.
    public static func start(
        difficulty: Int = 1, environment: [String: String] = [:], zmq: Bool = false, arguments: [String] = []
    ) async throws -> Monerod {
        var last = Failure(description: "not tried")
        // A free port may be taken by somebody else before the node has it.
        for _ in 0..<5 {
            do {
                let node = try Monerod(difficulty: difficulty, environment: environment, zmq: zmq, arguments: arguments)
                try await node.waitUntilReady()
                return node
            } catch let failure as Failure {
                last = failure
            }
        }
        throw last
    }

    private init(difficulty: Int, environment: [String: String], zmq: Bool, arguments: [String]) throws {
        let ports = try PlainHTTP.freePorts(4)
        rpcPort = ports[0]
        zmqPort = zmq ? ports[2] : nil
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nightjar-monerod-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let log = directory.appendingPathComponent("log").path
        // With notices it listens on one more port, which is the same for all nodes of a machine by default.
        let notices =
            zmq ? ["--zmq-pub", "tcp://127.0.0.1:\(ports[2])", "--zmq-rpc-bind-port", "\(ports[3])"] : ["--no-zmq"]
        process = try ChildProcess(
            [
                "monerod", "--regtest", "--offline", "--fixed-difficulty", "\(difficulty)", "--non-interactive",
                "--no-igd",
                "--rpc-bind-ip", "127.0.0.1", "--rpc-bind-port", "\(ports[0])", "--p2p-bind-ip", "127.0.0.1",
                "--p2p-bind-port", "\(ports[1])", "--data-dir", directory.path, "--log-file", log,
            ] + notices + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
    }

    deinit {
        // The node has nothing that is worth an orderly end, and its directory can only go after it.
        process.send(SIGKILL)
        while process.end == nil { usleep(10_000) }
        try? FileManager.default.removeItem(at: directory)
    }

    /// Ends the node now, and waits for its end.
    public func stop() async throws {
        process.send(SIGKILL)
        guard try await process.wait(timeout: 60) != nil else { throw Failure(description: "monerod does not end") }
    }

    /// The result of a JSON-RPC call.
    ///
    /// - Parameter params: JSON text.
    public func call(_ method: String, _ params: String = "{}") async throws -> sending [String: Any] {
        let answer = try await reply(method, params)
        guard let result = answer["result"] as? [String: Any] else {
            throw Failure(description: "\(method): \(answer["error"] ?? answer)")
        }
        return result
    }

    /// The proof-of-work hash, as hex, that the node computes for a blob by the rules of protocol version `major`.
    public func proofOfWork(major: Int, height: UInt64, blob: String, seed: String) async throws -> String {
        let answer = try await reply(
            "calc_pow",
            "{\"major_version\":\(major),\"height\":\(height),\"block_blob\":\"\(blob)\",\"seed_hash\":\"\(seed)\"}")
        guard let hash = answer["result"] as? String else { throw Failure(description: "calc_pow: \(answer)") }
        return hash
    }

    private func reply(_ method: String, _ params: String) async throws -> sending [String: Any] {
        try await post("/json_rpc", "{\"jsonrpc\":\"2.0\",\"id\":\"0\",\"method\":\"\(method)\",\"params\":\(params)}")
    }

    /// The number of blocks on the main chain, the genesis block included.
    public func height() async throws -> Int {
        guard let height = try await post("/get_height", "{}")["height"] as? Int else {
            throw Failure(description: "get_height: no height")
        }
        return height
    }

    /// Mines one block in the node itself, as somebody else would; possible at difficulty 1.
    public func mineOne() async throws {
        _ = try await call(
            "generateblocks", "{\"amount_of_blocks\":1,\"wallet_address\":\"\(Self.address)\",\"starting_nonce\":0}")
    }

    /// Takes the newest block off the chain, as a reorganisation does.
    public func popOne() async throws {
        let answer = try await post("/pop_blocks", "{\"nblocks\":1}")
        guard answer["status"] as? String == "OK" else { throw Failure(description: "pop_blocks: \(answer)") }
    }

    private func waitUntilReady() async throws {
        for _ in 0..<600 {
            do {
                _ = try await height()
                return
            } catch {
                // A node that wants a login has said so, in HTML.
                if "\(error)".contains("no JSON: <html><head><title>Unauthorized") { return }
            }
            if let end = process.end { throw Failure(description: "monerod ended at once: \(end)") }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure(description: "monerod did not answer")
    }

    private func post(_ path: String, _ body: String) async throws -> sending [String: Any] {
        let request = """
            POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(rpcPort)\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
            """
        let answer = try await PlainHTTP.exchange(port: rpcPort, request)
        guard let json = try? JSONSerialization.jsonObject(with: answer) as? [String: Any] else {
            throw Failure(description: "the answer is no JSON: \(String(decoding: answer.prefix(80), as: UTF8.self))")
        }
        return json
    }
}
