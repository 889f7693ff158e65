import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// A mistyped wallet is told before the first connection; what may be another coin's address is left to the node.
@Suite(.timeLimit(.minutes(1))) struct MoneroAddressTests {
    /// Of the tests of monerod itself.
    static let good =
        "42ey1afDFnn4886T7196doS9GPMzexD9gXpsZJDwVjeRVdFCSoHnv7KPbBeGpzJBzHRCAs9UxqeoyFQMYbqSWYTfJJQAWDm"

    private static func fault(_ wallet: String, _ scheme: String = "daemon+http") -> String? {
        do {
            _ = try PoolSettings(url: try PoolURL("\(scheme)://h:1"), user: wallet).link(options: UpstreamOptions())
        } catch { return "\(error)" }
        return nil
    }

    @Test func aGoodAddressIsTaken() { #expect(Self.fault(Self.good) == nil) }

    /// Any one character, changed, left out or written twice; two neighbours exchanged; what Base58 does not have.
    @Test func everyMistypedOneIsTold() {
        let characters = Array(Self.good)
        for place in characters.indices {
            var changed = characters
            changed[place] = characters[place] == "7" ? "8" : "7"
            var short = characters
            short.remove(at: place)
            var long = characters
            long.insert(characters[place], at: place)
            var odd = characters
            odd[place] = "0"
            for wrong in [changed, short, long, odd] {
                #expect(
                    Self.fault(String(wrong))?.hasSuffix("its checksum is wrong; is it mistyped?") == true, "\(place)")
            }
            guard place > 0, characters[place] != characters[place - 1] else { continue }
            var exchanged = characters
            exchanged.swapAt(place, place - 1)
            #expect(Self.fault(String(exchanged)) != nil, "\(place)")
        }
    }

    @Test(arguments: ["x", "WALLET", "", good + ".rig", good + good, "me@example.org"])
    func otherTextsAreTheNodesToJudge(_ wallet: String) { #expect(Self.fault(wallet) == nil) }

    /// There it is a user, which may be anything.
    @Test func atAPoolItIsNotChecked() { #expect(Self.fault(String(Self.good.dropLast()) + "7", "stratum+tcp") == nil) }
}
