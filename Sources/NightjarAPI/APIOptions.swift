import NIOCore
import NightjarWire

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
    /// The run's settings as a configuration without secrets, in JSON; `nil` where there are none.
    package var configuration: @Sendable () -> String? = { nil }
    /// Names of the algorithms that the devices run.
    package var algorithms: [String] = []
    /// The names that requests may have in `Host`, beside the server's own.
    package private(set) var hosts = AllowedHosts.none
    package var times = RequestProgress.Times(head: .seconds(3), rest: .seconds(15))
    package var places = ConnectionPlaces.Limits()
    /// By which wrong tokens are delayed.
    package var time = Backoff()

    /// The length of a token that cannot be guessed, when other machines may try. On loopback it is the user's choice.
    private static let leastToken = 16

    /// - Throws: ``APIError`` for a token that a header cannot carry; and, for an address that other machines can
    ///   reach, when there is no token or a short one.
    package init(address: APIAddress, token: String?) throws(APIError) {
        if let token {
            guard (1...512).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw APIError("the API's token must be 1 to 512 visible ASCII characters without spaces")
            }
            guard address.isLoopback || token.utf8.count >= Self.leastToken else {
                throw APIError(
                    "other machines can reach the API on \(address), so its token needs \(Self.leastToken) characters at least"
                )
            }
        } else if !address.isLoopback {
            throw APIError(
                "other machines can reach the API on \(address), so it needs a token (--api-token-file, NIGHTJAR_API_TOKEN)"
            )
        }
        self.address = address
        self.token = token
    }

    /// Takes what the user allows in `Host`.
    ///
    /// - Throws: ``APIError`` for a text that is no name, and for `*` without a token.
    package mutating func allow(hosts texts: [String]) throws(APIError) {
        hosts = try AllowedHosts(texts, hasToken: token != nil)
    }
}
