import NightjarCPU
import NightjarCore
import NightjarOpenCL

/// The tables with the toy's row in each. That, and a folder for each room, is all that a family takes;
/// `ToyFilesTests` lists them.
package enum Toy {
    /// The catalog's row.
    package static let algorithm = Algorithm(
        name: "toy", parameters: ToyParameters(),
        blob: Algorithm.BlobForm(nonceOffset: ToyParameters.nonceOffset, benchmarkLength: ToyParameters.size))

    package static let algorithms: [Algorithm] = Catalog.all + [algorithm]

    package static let cpuFamilies: [any CPUFamily.Type] = CPUFamilies.builtIn + [ToyCPUFamily.self]

    package static let openCLFamilies = OpenCLFamilies(OpenCLFamilies.builtIn().rows + [ToyOpenCLFamily()])
}
