import NightjarWire

extension PoolSettings {
    /// The login for a node's RPC, when the password has the form `USER:PASS`.
    package var rpcLogin: (user: String, password: String)? {
        guard let colon = password.firstIndex(of: ":") else { return nil }
        return (String(password[..<colon]), String(password[password.index(after: colon)...]))
    }
}
