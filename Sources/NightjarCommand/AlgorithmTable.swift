import Nightjar
import NightjarCore
import NightjarMiner

/// The algorithms for people: a group for each family, with coins.
package enum AlgorithmTable {
    private static let titles = [
        "cryptonight": "CryptoNight", "randomx": "RandomX", "sha256d": "SHA-256d", "scrypt": "scrypt",
    ]

    package static var lines: [String] {
        let head = ["name", "memory", "needs", "coins"]
        // One table, so that the columns of all groups are the same.
        let table = StatusLine.table([head] + Catalog.coins.map(row), numbers: 2)
        var lines = [table[0]]
        var family = ""
        for (algorithm, line) in zip(Catalog.all, table.dropFirst()) {
            if algorithm.family != family {
                family = algorithm.family
                lines.append("\(titles[family] ?? family), on \(algorithm.backends.joined(separator: " and "))")
            }
            lines.append(line)
        }
        return lines
    }

    private static func row(_ algorithm: Algorithm, _ coins: String) -> [String] {
        [
            algorithm.name, memory(algorithm.memory), algorithm.needs.map(\.rawValue).joined(separator: ", "),
            coins,
        ]
    }

    /// Of one hash.
    private static func memory(_ bytes: Int) -> String {
        bytes == 0 ? "-" : bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
