import NightjarCore

/// What is said of a name that there is not, after the name.
package enum UnknownName {
    package static let device = "no such device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)"

    package static func algorithm(_ name: String) -> String {
        let near = near(name)
        // A name that is not like ours is no slip of the hand: it is another algorithm.
        guard !near.isEmpty else { return "no such algorithm in Nightjar ('nightjar algorithms' lists all)" }
        return "no such algorithm; near it: \(near.joined(separator: ", ")) ('nightjar algorithms' lists all)"
    }

    /// The names that may be meant: those with the same variant, as cn-heavy/tube for cn/tube, or the nearest in letters.
    private static func near(_ name: String) -> [String] {
        let known = Catalog.all.map(\.name)
        func variant(_ name: String) -> Substring { name.lowercased().split(separator: "/").dropFirst().last ?? "" }
        let same = known.filter { variant(name).count > 1 && variant($0) == variant(name) }
        guard same.isEmpty else { return same }
        return NearestName.find(name, among: known, count: 3, atMost: max(2, name.count / 3))
    }
}
