/// Where a value was given. Comparisons ignore it, so that a line that only moved within a file does not count as a
/// change.
struct UncomparedOrigin: Sendable, Hashable {
    let origin: Settings.Origin

    init(_ origin: Settings.Origin) { self.origin = origin }

    static func == (a: UncomparedOrigin, b: UncomparedOrigin) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
