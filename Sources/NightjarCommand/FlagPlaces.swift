import NightjarMiner

/// How many URLs of pools stand before each flag. The parser does not tell it.
struct FlagPlaces {
    private var places: [String: [Int]] = [:]

    /// - Parameter arguments: those that the parser has accepted, so that no value looks like a flag.
    init(_ arguments: [String]) {
        let url = Set(SettingTable.standard.url.flags)
        let short = SettingTable.standard.url.short
        var urls = 0
        for argument in arguments {
            let name = String(argument.prefix { $0 != "=" })
            guard name.hasPrefix("-") else { continue }
            // Several short flags may stand behind one dash; only the last of them has a value.
            if url.contains(name) || !name.hasPrefix("--") && name.last == short {
                urls += 1
            } else if name.hasPrefix("--") {
                places[String(name.dropFirst(2)), default: []].append(urls)
            }
        }
    }

    /// For each time that a flag is given, how many URLs stand before it.
    func urls(before flag: String) -> [Int] { places[flag] ?? [] }
}
