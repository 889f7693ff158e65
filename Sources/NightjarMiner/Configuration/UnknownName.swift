import NightjarCore

/// What is said of a name that there is not, after the name.
package enum UnknownName {
    package static let device = "no such device; write cpu, opencl or opencl:P.D ('nightjar devices' lists them)"

    package static func algorithm(_ name: String) -> String {
        let near = NearestName.find(name, among: Catalog.all.map(\.name), count: 3).joined(separator: ", ")
        return "no such algorithm; near it: \(near) ('nightjar algorithms' lists all)"
    }
}
