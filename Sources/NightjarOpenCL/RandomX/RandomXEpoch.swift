import NightjarAlgorithms
import NightjarCore
import NightjarDevices

/// A seed's cache or dataset on a device, and the kernels that run programs over it.
final class RandomXEpoch {
    let seed: [UInt8]
    private(set) var execute: Kernel
    /// Makes two streams of each program for `execute`; `nil` if programs run in their own order.
    private(set) var split: Kernel?
    /// The dataset; `nil` in light mode.
    private(set) var dataset: LineBuffers?
    private var cache: LineBuffers?
    /// The superscalar programs.
    private let superscalar: Buffer

    /// Fills the cache on the host. No device is faster at that: Argon2 is one long chain.
    init(
        _ runtime: DeviceRuntime, _ parameters: RandomXParameters, launch: RandomXLaunch, seed: [UInt8], queue: Queue
    ) throws {
        self.seed = seed
        (execute, split) = try Self.kernels(runtime, parameters, launch: launch, light: true)
        let cache = try LineBuffers(
            runtime.context, lines: parameters.cacheSize / 64, launch: launch, purpose: "a RandomX cache")
        let table = try runtime.caches.withCache(parameters, seed: seed) { filled, memory in
            try cache.write(memory, queue)
            return filled.superscalarTable
        }
        superscalar = try Buffer(runtime.context, bytes: 4 * table.count, purpose: "superscalar programs")
        try table.withUnsafeBytes { try queue.write($0, to: superscalar) }
        try cache.set(execute)
        try execute.set(RandomXKernels.superscalar, superscalar)
        self.cache = cache
    }

    /// Computes the dataset, and frees the cache.
    ///
    /// - Returns: whether the dataset is complete: not if the caller cancelled.
    func makeDataset(
        _ runtime: DeviceRuntime, _ parameters: RandomXParameters, launch: RandomXLaunch, queue: Queue,
        settling: Settling
    ) throws -> Bool {
        guard let cache else { return true }
        let dataset = try LineBuffers(
            runtime.context, lines: Int(parameters.datasetItems), launch: launch, purpose: "a RandomX dataset")
        let kernel = try Kernel(
            try runtime.program("RandomX/Dataset.cl", prelude: Prelude(parameters, launch: launch)),
            RandomXKernels.dataset)
        try cache.set(kernel)
        try kernel.set(RandomXKernels.superscalar, superscalar)
        var first = 0
        for (buffer, count) in zip(dataset.buffers, dataset.counts) {
            try kernel.set(RandomXKernels.items, buffer)
            for at in stride(from: 0, to: count, by: launch.items) {
                let items = min(launch.items, count - at)
                try kernel.set(RandomXKernels.first, UInt32(first + at))
                try kernel.set(RandomXKernels.fromStart, UInt32(at))
                try kernel.set(RandomXKernels.count, UInt32(items))
                let workItems = (items + RandomXLaunch.itemsAtOnce - 1) / RandomXLaunch.itemsAtOnce
                if settling.isCancelled() { return false }
                settling.progress(Double(first + at) / Double(parameters.datasetItems))
                try queue.launch(kernel, items: workItems, group: launch.groupItems)
                // Wait for each launch, so that the caller can cancel in between.
                try queue.finish()
            }
            first += count
        }
        settling.progress(1)
        let full = try Self.kernels(runtime, parameters, launch: launch, light: false)
        try dataset.set(full.execute)
        (execute, split) = full
        self.dataset = dataset
        self.cache = nil
        return true
    }

    private static func kernels(
        _ runtime: DeviceRuntime, _ parameters: RandomXParameters, launch: RandomXLaunch, light: Bool
    ) throws -> (execute: Kernel, split: Kernel?) {
        let prelude = Prelude(parameters, launch: launch, light: light)
        let program = try runtime.program("RandomX/Execute.cl", prelude: prelude)
        let execute = try Kernel(program, RandomXKernels.execute(streams: launch.streams, light: light))
        return (execute, launch.streams > 0 ? try Kernel(program, RandomXKernels.split) : nil)
    }
}
