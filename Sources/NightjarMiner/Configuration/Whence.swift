/// Where a value was given. Comparisons ignore it: a line that has moved within a file is no change.
struct Whence: Sendable, Hashable {
    let origin: Settings.Origin

    init(_ origin: Settings.Origin) { self.origin = origin }

    static func == (a: Whence, b: Whence) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
