/// Every algorithm that this build can run on at least one kind of device.
public enum Catalog {
    /// An algorithm and how it is called. Everything that is said of an algorithm in general words is said in its entry.
    struct Entry {
        let algorithm: Algorithm
        /// Other spellings that pools and users have, lower case. Accepted on input, never printed.
        let aliases: [String]

        init(_ algorithm: Algorithm, aliases: [String]) {
            self.algorithm = algorithm
            self.aliases = aliases
        }
    }

    /// The families' entries, in the order in which they are listed.
    private static let entries = CryptoNightCatalog.entries + RandomXCatalog.entries

    /// The algorithms in the order in which they are listed.
    public static let all: [Algorithm] = entries.map(\.algorithm)

    private static let named = Dictionary(
        uniqueKeysWithValues: entries.flatMap { entry in
            ([entry.algorithm.name] + entry.aliases).map { ($0, entry.algorithm) }
        })

    /// The algorithm of that name or alias, in any case; `nil` when this build has none.
    public static func algorithm(named name: String) -> Algorithm? { named[name.lowercased()] }

    /// Whether `name` is a name of the field's that this build does not run, so that refusing it can say so.
    public static func isKnownElsewhere(_ name: String) -> Bool { elsewhere.contains(name.lowercased()) }

    private static let elsewhere: Set<String> = ["sha256d", "scrypt"]

    /// An algorithm that is named in code.
    static func present(_ name: String) -> Algorithm {
        guard let algorithm = named[name] else { preconditionFailure("the catalog has no \(name)") }
        return algorithm
    }
}

/// Names in code for the algorithms that are asked for most. An algorithm needs none to exist: all are found by
/// ``Catalog/algorithm(named:)``.
extension Algorithm {
    public static let cn0 = Catalog.present("cn/0")
    public static let cn1 = Catalog.present("cn/1")
    public static let cn2 = Catalog.present("cn/2")
    public static let cnR = Catalog.present("cn/r")
    public static let cnUpx2 = Catalog.present("cn/upx2")
    public static let cnGPU = Catalog.present("cn/gpu")
    public static let cnLite1 = Catalog.present("cn-lite/1")
    public static let cnHeavy0 = Catalog.present("cn-heavy/0")
    public static let cnPico = Catalog.present("cn-pico")
    public static let cnPicoTlo = Catalog.present("cn-pico/tlo")
    public static let rx0 = Catalog.present("rx/0")
    /// RandomX v2.
    public static let rx2 = Catalog.present("rx/2")
    public static let rxWow = Catalog.present("rx/wow")
    public static let rxArq = Catalog.present("rx/arq")
    public static let rxYada = Catalog.present("rx/yada")
}
