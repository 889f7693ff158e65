import NightjarPlatform
import NightjarWire
import Synchronization

/// How Nightjar logs in at the RPC of a Bitcoin or Litecoin node.
final class BitcoinLogin: Sendable {
    private enum Source: Sendable {
        case none
        case password(String)
        /// The node writes the file at each start, with a new password.
        case cookie(path: String)
    }

    private let source: Source
    private let secrets: KnownSecrets
    private let cookie = Locked(Cookie())

    /// What was read from the file last.
    private struct Cookie {
        var login: String?
        /// The warnings about the file.
        var warnings: [String] = []
        /// Those that were not said yet.
        var unsaid: [String] = []
    }

    init(_ settings: PoolSettings, secrets: KnownSecrets) throws(PoolURLError) {
        self.secrets = secrets
        switch (settings.rpcLogin, settings.rpcCookie) {
        case (.some, .some): throw .twoLogins
        case (.some, nil): source = .password(settings.password)
        case (nil, let path?): source = .cookie(path: path)
        case (nil, nil): source = .none
        }
    }

    /// The value of `Authorization`; `nil` without a login.
    ///
    /// - Parameter anew: read the cookie file also when it was read before.
    /// - Throws: when the cookie file cannot be read, or holds no login.
    func authorization(anew: Bool = false) throws(NodeRPCError) -> String? {
        switch source {
        case .none: return nil
        case .password(let login): return BasicAuthorization.value(login)
        case .cookie(let path):
            if !anew, let login = cookie.withLock({ $0.login }) { return BasicAuthorization.value(login) }
            return BasicAuthorization.value(try read(path))
        }
    }

    /// What the user should know about the cookie file. Each sentence comes once, until it was untrue in between.
    func takeWarnings() -> [String] {
        cookie.withLock { cookie in
            defer { cookie.unsaid = [] }
            return cookie.unsaid
        }
    }

    private func read(_ path: String) throws(NodeRPCError) -> String {
        let file: SecretFile
        do {
            // A pipe that stays silent must not hold up the thread for long.
            file = try SecretFile(path, .login, seconds: 1)
        } catch {
            let reason = error.path == path ? "\(error.reason)" : "\(error)"
            let hint = error.isAbsent ? "; the node writes this file when it starts" : ""
            throw .transport("cannot read the login from \(ours: path): \(ours: reason + hint)")
        }
        guard let colon = file.text.firstIndex(of: ":") else {
            throw .transport("\(ours: path) holds no login of the form USER:PASSWORD")
        }
        secrets.add([file.text, String(file.text[file.text.index(after: colon)...])])
        cookie.withLock { cookie in
            cookie.login = file.text
            cookie.unsaid += file.warnings.filter { !cookie.warnings.contains($0) }
            cookie.warnings = file.warnings
        }
        return file.text
    }

    /// What to say when the node refuses the login.
    var refusal: OutsideText {
        switch source {
        case .none: "the node wants a login: give --rpc-cookie FILE, the node's .cookie, or -p RPC_USER:RPC_PASS"
        case .password: "the node refuses the login that was given after -p"
        case .cookie(let path): "the node refuses the login in \(ours: path)"
        }
    }
}
