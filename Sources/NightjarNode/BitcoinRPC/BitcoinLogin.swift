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
    /// The login that was read from the file last.
    private let cookie = Locked<String?>(nil)

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
            if !anew, let login = cookie.withLock({ $0 }) { return BasicAuthorization.value(login) }
            let login = try read(path)
            cookie.withLock { $0 = login }
            return BasicAuthorization.value(login)
        }
    }

    private func read(_ path: String) throws(NodeRPCError) -> String {
        let bytes: [UInt8]
        do {
            // A pipe that stays silent must not hold up the thread for long.
            bytes = try OwnFile(path, .secret, for: .reading).contents(.secret, seconds: 1)
        } catch {
            throw .transport("cannot read the login from \(ours: error); the node writes this file when it starts")
        }
        let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
        guard let login = String(validating: line, as: UTF8.self), let colon = login.firstIndex(of: ":") else {
            throw .transport("\(ours: path) holds no login of the form USER:PASSWORD")
        }
        secrets.add([login, String(login[login.index(after: colon)...])])
        return login
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
