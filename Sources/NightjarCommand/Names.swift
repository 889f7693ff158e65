import ArgumentParser
import Nightjar
import NightjarCore
import NightjarMiner

extension NameSpecification {
    /// The flag of an algorithm, which has another name in each miner.
    static let algorithm: NameSpecification = [.customShort("a"), .customLong("algorithm"), .customLong("algo")]
}

/// Reads names on the command line, and makes the errors for unknown names.
enum Names {
    /// One algorithm, by name or alias.
    static func algorithm(_ text: String) throws(CommandError) -> Algorithm {
        if let algorithm = Catalog.algorithm(named: text) { return algorithm }
        throw CommandError(.usage, "-a \(text.isEmpty ? "''" : text): \(UnknownName.algorithm(text))")
    }

    /// Comma-separated lists, each algorithm once, in the order given.
    static func algorithms(_ lists: [String]) throws(CommandError) -> [Algorithm] {
        var found: [Algorithm] = []
        for name in split(lists) {
            let algorithm = try algorithm(name)
            if !found.contains(algorithm) { found.append(algorithm) }
        }
        return found
    }

    /// Comma-separated lists of devices; `nil` when none was given, which means all devices.
    static func devices(_ lists: [String]) throws(CommandError) -> [DeviceSelector]? {
        guard !lists.isEmpty else { return nil }
        var found: [DeviceSelector] = []
        for name in split(lists) {
            guard let selector = DeviceSelector(name) else {
                throw CommandError(.usage, "--device \(name.isEmpty ? "''" : name): \(UnknownName.device)")
            }
            if !found.contains(selector) { found.append(selector) }
        }
        return found
    }

    /// An empty element stays, so that it is refused like any other wrong name.
    static func split(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}

extension RandomXMode: ExpressibleByArgument {
    /// The help of `--randomx-mode`.
    static let help = ArgumentHelp(
        "RandomX on the CPU: full, with a dataset of 2080 MiB; light, without; auto, by the number of hashes.",
        valueName: "mode")
}
