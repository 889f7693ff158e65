import Glibc

/// The API's options.
package struct APIOptions: Sendable {
    package let address: APIAddress
    /// Every request needs it, except those for the dashboard's files and `/health`. Without a token nothing can be
    /// changed through the API.
    package let token: String?
    /// The miner's version: `0.1.0`.
    package var version = "0"
    /// The machine's name in the fleet; `nil` means its host name.
    package var worker: String?
    /// Names of the algorithms that the devices run.
    package var algorithms: [String] = []
    /// How long a client may take to send a request, and to take the answer, in milliseconds.
    package var requestTimeout: Int64 = 15_000
    /// The most connections at a time. Others wait.
    package var connections = 64

    /// - Throws: ``APIError`` for a token that a header cannot carry, and for an address that other machines can reach
    ///   when there is no token.
    package init(address: APIAddress, token: String?) throws(APIError) {
        if let token {
            guard (1...512).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw APIError("the API's token must be 1 to 512 visible ASCII characters without spaces")
            }
        } else if !address.isLoopback {
            throw APIError(
                "other machines can reach the API on \(address), so it needs a token (--api-token-file, NIGHTJAR_API_TOKEN)"
            )
        }
        self.address = address
        self.token = token
    }
}
