import NightjarCore
import NightjarWire

/// Who said something, beside what was said: no part of it, so that a line that has moved in a file is no change.
struct Whence: Sendable, Hashable {
    let origin: Settings.Origin

    init(_ origin: Settings.Origin) { self.origin = origin }

    static func == (a: Whence, b: Whence) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
}
