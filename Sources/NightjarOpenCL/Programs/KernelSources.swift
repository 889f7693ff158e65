import CKernels

/// The embedded OpenCL C sources, by their path below `Kernels`.
package enum KernelSources {
    /// All of them.
    package static let embedded: [String: String] = {
        var sources: [String: String] = [:]
        for index in 0..<nj_kernel_source_count() {
            let source = nj_kernel_source_at(index)
            guard let name = source.name else { continue }
            let text = UnsafeBufferPointer(start: source.text, count: source.length)
            sources[String(cString: name)] = String(decoding: text, as: UTF8.self)
        }
        return sources
    }()
}
