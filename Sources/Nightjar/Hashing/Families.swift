import NightjarCPU
import NightjarCore
import NightjarOpenCL

extension Algorithm {
    /// The kinds of device that this build can run the algorithm on, given one that is able to.
    package var backends: [String] {
        (CPUFamilies.run(self) ? ["cpu"] : []) + (OpenCLFamilies.builtIn().run(self) ? ["opencl"] : [])
    }
}
