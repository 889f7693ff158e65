import Foundation
import Glibc
import NightjarJSON

/// A Litecoin node with a private chain (`-regtest`) and a wallet, for as long as this object lives.
///
/// It has a second node for a peer: a node without one gives no templates. Several can run at once. Needs Debian's
/// package `litecoind`.
package final class Litecoind: Sendable {
    /// A P2WPKH address of regtest, of which no wallet has the key, and its script.
    package static let address = "rltc1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3p937dx"
    package static let script = "0014" + String(repeating: "11", count: 20)

    package let rpc: BitcoinCaller
    private let node: ChildProcess
    private let peer: ChildProcess
    private let directory: URL

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts both nodes, and waits until the first answers and is connected.
    ///
    /// - Parameter blocks: how many blocks the chain has then. Templates need one, whose time is of today.
    package static func start(blocks: Int = 1) async throws -> Litecoind {
        var last = Failure(description: "not tried")
        // A free port may be taken by another program before the node has it.
        for _ in 0..<5 {
            do {
                let node = try Litecoind()
                try await node.waitUntilReady()
                try await node.rpc.call("createwallet", "[\"w\"]")
                try await node.mine(blocks)
                return node
            } catch let failure as Failure {
                last = failure
            }
        }
        throw last
    }

    private init() throws {
        let ports = try PlainHTTP.freePorts(3)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nightjar-litecoind-\(UUID().uuidString)")
        self.directory = directory
        func start(_ name: String, _ arguments: [String]) throws -> ChildProcess {
            let folder = directory.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try ChildProcess(
                ["litecoind", "-regtest", "-datadir=\(folder.path)", "-server", "-dnsseed=0", "-printtoconsole=0"]
                    + arguments)
        }
        peer = try start(
            "peer",
            [
                "-disablewallet", "-rpcport=\(ports[1])", "-port=\(ports[2])", "-bind=127.0.0.1:\(ports[2])",
            ])
        node = try start(
            "node", ["-rpcport=\(ports[0])", "-listen=0", "-connect=127.0.0.1:\(ports[2])", "-fallbackfee=0.001"])
        rpc = BitcoinCaller(port: ports[0], cookie: directory.path + "/node/regtest/.cookie")
    }

    deinit {
        // The nodes have nothing that is worth an orderly end, and their directory can only go after them.
        for process in [node, peer] {
            process.send(SIGKILL)
            while process.end == nil { usleep(10_000) }
        }
        try? FileManager.default.removeItem(at: directory)
    }

    private func waitUntilReady() async throws {
        for _ in 0..<1200 {
            if let count = try? await rpc.number("getconnectioncount"), count > 0 { return }
            if let end = node.end ?? peer.end { throw Failure(description: "litecoind ended at once: \(end)") }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Failure(description: "litecoind did not answer, or found no peer")
    }

    /// Mines blocks in the node itself, as another miner would; they pay its wallet.
    package func mine(_ count: Int = 1) async throws {
        guard count > 0 else { return }
        let own = try await rpc.text("getnewaddress")
        try await rpc.call("generatetoaddress", "[\(count), \"\(own)\"]")
    }

    /// Pays from the wallet to itself.
    ///
    /// - Parameter pegIn: into MWEB, Litecoin's extension blocks.
    package func pay(pegIn: Bool = false) async throws {
        let own = try await rpc.text("getnewaddress", pegIn ? "[\"\", \"mweb\"]" : "[]")
        try await rpc.call("sendtoaddress", "[\"\(own)\", 0.5]")
    }

    /// The number of blocks after the first one.
    package func height() async throws -> Int { try await rpc.number("getblockcount") }
}
