import ArgumentParser
import Nightjar
import NightjarCore

/// Names on the command line, and what to say about those that name nothing.
enum Names {
    /// One algorithm, by name or alias.
    static func algorithm(_ text: String) throws(Failure) -> Algorithm {
        if let algorithm = Catalog.algorithm(named: text) { return algorithm }
        let names = Catalog.all.map(\.name).joined(separator: ", ")
        if Catalog.isKnownElsewhere(text) {
            throw Failure(.usage, "this build cannot run \(text.lowercased()); it runs: \(names)")
        }
        throw Failure(.usage, "unknown algorithm '\(text)'; this build runs: \(names)")
    }

    /// Comma-separated lists, each algorithm once, in the order given.
    static func algorithms(_ lists: [String]) throws(Failure) -> [Algorithm] {
        var found: [Algorithm] = []
        for name in split(lists) {
            let algorithm = try algorithm(name)
            if !found.contains(algorithm) { found.append(algorithm) }
        }
        return found
    }

    /// Comma-separated lists of devices; `nil` when none was given, which means all of them.
    static func devices(_ lists: [String]) throws(Failure) -> [DeviceSelector]? {
        guard !lists.isEmpty else { return nil }
        var found: [DeviceSelector] = []
        for name in split(lists) {
            guard let selector = DeviceSelector(name) else {
                throw Failure(
                    .usage, "'\(name)' is no device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)")
            }
            if !found.contains(selector) { found.append(selector) }
        }
        return found
    }

    /// An empty element stays, to be refused by name like any other.
    static func split(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }
}

extension RandomXMode: ExpressibleByArgument {
    /// What `--randomx-mode` says of itself.
    static let help = ArgumentHelp(
        "RandomX on the CPU: full, with a dataset of 2080 MiB; light, without; auto (the default).", valueName: "mode")
}

extension Failure {
    /// Beyond any machine, and still a scratchpad each in a few gigabytes.
    private static let mostThreads = 4096

    /// Makes the engine, turning what it throws into the promised exit code.
    static func engine(
        devices: [DeviceSelector]?, threads: Int? = nil, randomX: RandomXMode = .light
    ) throws(Failure) -> Engine {
        if let threads, threads < 1 { throw Failure(.usage, "-t \(threads): at least one thread is needed") }
        if let threads, threads > mostThreads { throw Failure(.usage, "-t \(threads): at most \(mostThreads) threads") }
        do { return try Engine(devices: devices, threads: threads, randomX: randomX) } catch {
            throw Failure(.failed, "\(error)")
        }
    }

    /// The refusal of an algorithm on a device, by name, with what would run it.
    static func cannotRun(_ algorithm: Algorithm, on device: DeviceID, reason: String) -> Failure {
        let all = (try? Engine())?.devices.map(\.id) ?? []
        let others =
            (try? Engine()).map { engine in all.filter { engine.support(for: algorithm, on: $0) == .supported } } ?? []
        let advice = others.isEmpty ? "" : "; it runs on: \(others.map(\.description).joined(separator: ", "))"
        return Failure(.usage, "\(algorithm) does not run on \(device): \(reason)\(advice)")
    }
}
