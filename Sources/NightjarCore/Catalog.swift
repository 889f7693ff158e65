/// Every algorithm that this build can run on at least one kind of device.
package enum Catalog {
    /// An algorithm and how it is called. Everything that is said of an algorithm in general words is said in its
    /// entry.
    struct Entry {
        let algorithm: Algorithm
        /// Other spellings that pools and users have, lower case, words joined by hyphens. Accepted on input, never
        /// printed.
        let aliases: [String]
        /// Coins that are mined with it, for people; "(old)" where they have left it.
        let coins: String

        init(_ algorithm: Algorithm, aliases: [String], coins: String = "") {
            self.algorithm = algorithm
            self.aliases = aliases
            self.coins = coins
        }
    }

    /// The families' entries, in the order in which they are listed.
    private static let entries =
        CryptoNightCatalog.entries + RandomXCatalog.entries + SHA256dCatalog.entries + ScryptCatalog.entries

    /// The algorithms in the order in which they are listed.
    package static let all: [Algorithm] = entries.map(\.algorithm)

    /// All algorithms with the coins that are mined with them, in the same order.
    package static var coins: [(algorithm: Algorithm, coins: String)] { entries.map { ($0.algorithm, $0.coins) } }

    private static let named = Dictionary(
        uniqueKeysWithValues: entries.flatMap { entry in
            ([entry.algorithm.name] + entry.aliases).map { ($0, entry.algorithm) }
        })

    /// The algorithm of that name or alias, in any case and with underscores for hyphens; `nil` when this build has none.
    package static func algorithm(named name: String) -> Algorithm? {
        named[String(name.lowercased().map { $0 == "_" ? "-" : $0 })]
    }

    /// An algorithm that is named in code.
    static func present(_ name: String) -> Algorithm {
        guard let algorithm = named[name] else { preconditionFailure("the catalog has no \(name)") }
        return algorithm
    }
}

extension Algorithm {
    /// Every algorithm of this build.
    public static var all: [Algorithm] { Catalog.all }

    /// The algorithm of that name or alias, as pools and miners spell it, in any case and with underscores for hyphens;
    /// `nil` when this build has none.
    public static func named(_ name: String) -> Algorithm? { Catalog.algorithm(named: name) }
}

/// Names in code for the algorithms that are asked for most. An algorithm needs none to exist: all are found by
/// ``Algorithm/named(_:)``.
extension Algorithm {
    /// The first CryptoNight.
    public static let cn0 = Catalog.present("cn/0")
    package static let cn1 = Catalog.present("cn/1")
    package static let cn2 = Catalog.present("cn/2")
    /// CryptoNight-R, whose program changes with the height.
    public static let cnR = Catalog.present("cn/r")
    package static let cnUpx2 = Catalog.present("cn/upx2")
    package static let cnGPU = Catalog.present("cn/gpu")
    package static let cnLite1 = Catalog.present("cn-lite/1")
    package static let cnHeavy0 = Catalog.present("cn-heavy/0")
    package static let cnPico = Catalog.present("cn-pico")
    package static let cnPicoTlo = Catalog.present("cn-pico/tlo")
    /// RandomX, as Monero uses it.
    public static let rx0 = Catalog.present("rx/0")
    /// RandomX v2.
    public static let rx2 = Catalog.present("rx/2")
    package static let rxWow = Catalog.present("rx/wow")
    package static let rxArq = Catalog.present("rx/arq")
    package static let rxYada = Catalog.present("rx/yada")
    /// Bitcoin's proof of work.
    public static let sha256d = Catalog.present("sha256d")
    /// Litecoin's proof of work.
    public static let scrypt = Catalog.present("scrypt")
}
