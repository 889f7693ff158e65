import Nightjar
import NightjarCore
import NightjarMiner

/// The algorithms for people: a group for each family, with coins.
package enum AlgorithmTable {
    /// Coins that are mined with an algorithm; "(old)" where they have left it.
    package static let coins = [
        "cn/0": "Bytecoin, Monero (old)", "cn/1": "Monero (old)", "cn/2": "Monero (old)",
        "cn/r": "Sumokoin, Monero (old)", "cn/fast": "Masari (old)", "cn/half": "Masari", "cn/xao": "Alloy",
        "cn/rto": "Arto", "cn/rwz": "Graft (old)", "cn/zls": "Zelerius", "cn/double": "X-Cash",
        "cn/ccx": "Conceal (old)",
        "cn/upx2": "uPlexa", "cn/gpu": "Ryo, Conceal", "cn-lite/1": "Aeon (old)", "cn-heavy/xhv": "Haven",
        "cn-heavy/tube": "BitTube", "cn-pico": "TurtleCoin (old)", "cn-pico/tlo": "Talleo", "rx/0": "Monero, Zephyr",
        "rx/wow": "Wownero", "rx/arq": "ArQmA", "rx/graft": "Graft", "rx/sfx": "Safex Cash", "rx/yada": "YadaCoin",
        "sha256d": "Bitcoin", "scrypt": "Litecoin, Dogecoin",
    ]

    private static let titles = [
        "cryptonight": "CryptoNight", "randomx": "RandomX", "sha256d": "SHA-256d", "scrypt": "scrypt",
    ]

    package static var lines: [String] {
        let head = ["name", "memory", "needs", "coins"]
        // One table, so that the columns of all groups are the same.
        let table = StatusLine.table([head] + Catalog.all.map(row), numbers: 2)
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

    private static func row(_ algorithm: Algorithm) -> [String] {
        [
            algorithm.name, memory(algorithm.memory), algorithm.needs.map(\.rawValue).joined(separator: ", "),
            coins[algorithm.name] ?? "",
        ]
    }

    /// Of one hash.
    private static func memory(_ bytes: Int) -> String {
        bytes == 0 ? "-" : bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
