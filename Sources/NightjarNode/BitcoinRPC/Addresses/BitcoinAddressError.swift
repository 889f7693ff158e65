import NightjarPlatform

/// Why a text is no address to pay a block's reward to. The description is one line.
package struct BitcoinAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ text: String, _ words: String) { description = "'\(printable(text, limit: 100))' \(words)" }

    init(_ text: String, _ fault: Base58Check.Fault) {
        switch fault {
        case .badCharacter, .badLength: self.init(text, "is no address")
        case .badChecksum: self.init(text, "is no address: its checksum is wrong; is it mistyped?")
        }
    }

    init(_ text: String, _ fault: Bech32.Fault) {
        switch fault {
        case .badChecksum: self.init(text, "is no address: its checksum is wrong; is it mistyped?")
        case .mixedCase: self.init(text, "is no address: it has small and capital letters")
        case .noPrefix, .badCharacter, .tooLong, .tooShort: self.init(text, "is no address")
        }
    }
}
