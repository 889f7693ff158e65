import NightjarJSON

/// A message from a pool that speaks Stratum v1.
package enum BitcoinMessage: Sendable, Hashable {
    /// The answer to the request with this number; some pools send errors without a number.
    case reply(id: UInt64?, BitcoinReply)
    /// New work.
    case notify(JSON)
    /// The difficulty of later jobs.
    case difficulty(JSON)
    /// The extra nonce of later jobs.
    case extranonce(JSON)
    /// The version bits that may be rolled from now on.
    case versionMask(JSON)
    /// The pool asks the miner to reconnect, to this host and port where it names them.
    case reconnect(host: String?, port: Int?)
    /// Words for the user.
    case words(String)
    /// New work, or an answer to a login, as pools for Monero's algorithms send them.
    case monero
    /// A question, with its id as it came.
    case question(method: String, id: JSON)
    /// A notification that Nightjar does not use.
    case other

    package init(line: [UInt8]) throws(WireFault) {
        switch try RPCMessage(line: line) {
        case .reply(let id, let result, let error): self = .reply(id: id, BitcoinReply(result: result, error: error))
        case .call("job", .object, .null): self = .monero
        case .call("mining.notify", let params, _): self = .notify(params)
        case .call("mining.set_difficulty", let params, _): self = .difficulty(params)
        case .call("mining.set_extranonce", let params, _): self = .extranonce(params)
        case .call("mining.set_version_mask", let params, _): self = .versionMask(params)
        case .call("client.reconnect", let params, _):
            let (host, port) = RPCMessage.reconnect(params)
            self = .reconnect(host: host, port: port)
        case .call("client.show_message", let params, _):
            guard let text = params.string ?? params.array?.first?.string else {
                self = .other
                return
            }
            self = .words(text)
        case .call(let method, _, let id):
            switch id {
            case .number, .string: self = .question(method: method, id: id)
            default: self = .other
            }
        }
    }
}
