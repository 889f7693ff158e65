/// An address that a block's reward can be paid to, and the script that pays it.
package struct BitcoinAddress: Sendable {
    package let text: String
    package let script: [UInt8]
    /// The networks on which the text is an address. Test networks share some forms.
    package let networks: [BitcoinNetwork]

    /// - Throws: ``BitcoinAddressError`` for everything that is no address of `coin`'s, and for addresses that a reward
    ///   cannot be paid to.
    package init(_ text: String, of coin: BitcoinCoin) throws(BitcoinAddressError) {
        let mweb = BitcoinCoin.all.flatMap(\.networks).compactMap(\.mwebPrefix)
        if mweb.contains(where: { text.lowercased().hasPrefix($0 + "1") }) {
            throw BitcoinAddressError(text, "is an MWEB address, which a block's reward cannot be paid to")
        }
        let form = try Form(text)
        networks = coin.networks.filter { form.isOf($0) }
        guard !networks.isEmpty else {
            let others = BitcoinCoin.all.filter { $0.networks.contains { form.isOf($0) } }
            guard let other = others.first else {
                throw BitcoinAddressError(text, "is no address of \(coin.name)'s")
            }
            throw BitcoinAddressError(
                text, "is an address of \(other.name)'s; -a \(coin.algorithm) mines \(coin.name)")
        }
        self.text = text
        script = try form.script(text)
    }

    private enum Form {
        case base58(Base58Check)
        case witness(prefix: String, WitnessProgram)

        init(_ text: String) throws(BitcoinAddressError) {
            let prefixes = BitcoinCoin.all.flatMap(\.networks).map(\.prefix)
            guard prefixes.contains(where: { text.lowercased().hasPrefix($0 + "1") }) else {
                do { self = .base58(try Base58Check(text)) } catch { throw BitcoinAddressError(text, error) }
                return
            }
            let bech32: Bech32
            do { bech32 = try Bech32(text) } catch { throw BitcoinAddressError(text, error) }
            guard let program = WitnessProgram(bech32) else {
                throw BitcoinAddressError(text, "has a good checksum, but is no address")
            }
            self = .witness(prefix: bech32.prefix, program)
        }

        func isOf(_ network: BitcoinNetwork) -> Bool {
            switch self {
            case .base58(let text):
                text.version == network.keyVersion || network.scriptVersions.contains(text.version)
            case .witness(let prefix, _): prefix == network.prefix
            }
        }

        func script(_ text: String) throws(BitcoinAddressError) -> [UInt8] {
            switch self {
            case .base58(let text):
                // A key's version is no script's version on any network of any coin here.
                let isKey = BitcoinCoin.all.contains { $0.networks.contains { $0.keyVersion == text.version } }
                return isKey ? [0x76, 0xa9, 20] + text.hash + [0x88, 0xac] : [0xa9, 20] + text.hash + [0x87]
            case .witness(_, let program):
                // Until a rule is made for them, all others pay to everyone who claims the output.
                guard program.version == 0 || program.version == 1 && program.program.count == 32 else {
                    throw BitcoinAddressError(
                        text,
                        "has witness version \(program.version) with \(program.program.count) bytes, which no "
                            + "rule protects yet: anyone could take the reward")
                }
                return program.script
            }
        }
    }
}
