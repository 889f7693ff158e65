import NightjarJSON

/// A message from a pool.
package enum PoolMessage: Sendable, Hashable {
    /// The answer to the request with this number; some pools send errors without a number.
    case reply(id: UInt64?, result: JSON, error: PoolError?)
    /// New work.
    case job(JSON)
    /// The pool asks the miner to reconnect, to this host and port where it names them.
    case reconnect(host: String?, port: Int?)
    /// A notification that Nightjar does not use: its method.
    case other(String)

    package init(line: [UInt8]) throws(WireFault) {
        switch try RPCMessage(line: line) {
        case .call("job", let params, _): self = .job(params)
        case .call("client.reconnect", let params, _):
            let (host, port) = RPCMessage.reconnect(params)
            self = .reconnect(host: host, port: port)
        case .call(let method, _, _): self = .other(method)
        case .reply(let id, let result, let error):
            self = .reply(id: id, result: result, error: error.map { PoolError($0) })
        }
    }
}
