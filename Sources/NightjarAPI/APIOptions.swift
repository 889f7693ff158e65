import Glibc

/// What the API is told when it starts.
package struct APIOptions: Sendable {
    package let address: APIAddress
    /// Demanded of every request but those for the dashboard's page and `/health`; without one, nothing can be changed.
    package let token: String?
    /// The miner's version: `0.1.0`.
    package var version = "0"
    /// What the fleet calls this machine; `nil` for its host name.
    package var worker: String?
    /// Names of the algorithms that the devices run.
    package var algorithms: [String] = []
    /// How long a client may take for a request, and for taking the answer, in milliseconds.
    package var requestTimeout: Int64 = 15_000
    /// Connections at a time; others wait.
    package var connections = 64

    /// - Throws: ``APIError`` for a token that no header could carry, and for an address that others reach without a
    ///   token.
    package init(address: APIAddress, token: String?) throws(APIError) {
        if let token {
            guard (1...512).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw APIError("the API's token must be 1 to 512 visible ASCII characters without spaces")
            }
        } else if !address.isLoopback {
            throw APIError(
                "the API on \(address) is open to others, and needs a token (--api-token-file, NIGHTJAR_API_TOKEN)")
        }
        self.address = address
        self.token = token
    }
}
