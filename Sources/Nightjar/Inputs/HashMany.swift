import NightjarCore
import NightjarDevices

extension Engine {
    /// Hashes many inputs, on all CPU cores, or in batches on another device.
    ///
    /// On the CPU, the threads that hash are bound to no core, so that they suit a process with threads of its own. They wait for the
    /// next call, and their lanes keep their memory, until ``releaseLanes()``. The first call for an algorithm makes a lane
    /// on each thread and checks its known answers.
    ///
    /// RandomX starts in light mode. Once so many hashes of a seed were wanted that a dataset pays (2080 for most
    /// variants), the dataset is made first, if the engine's ``RandomXMode`` and the memory allow it. The caches of the
    /// eight seeds used last are kept, memory permitting.
    ///
    /// - Parameters:
    ///   - inputs: each of as many bytes as ``Algorithm/inputLengths`` allows.
    ///   - algorithm: what to hash them with.
    ///   - seed: the RandomX key, 0 to 60 bytes, for algorithms that need one.
    ///   - heights: for algorithms that need a block height: one for each input, or a single one for all.
    ///   - device: `nil` takes the first device that can run the algorithm. A device other than the CPU hashes as many
    ///     inputs at once as it gains from: the thousands of a GPU need thousands of inputs, of few lengths and heights.
    /// - Returns: a digest for each input, in their order.
    /// - Throws: ``NightjarError``: `input` or `argument` when an input can't be hashed, and then none has been; otherwise
    ///   what the device lacks.
    // An empty literal is the empty input, and not an empty list of inputs.
    @_disfavoredOverload
    public func hash(
        _ inputs: [[UInt8]], algorithm: Algorithm, seed: [UInt8]? = nil, heights: [UInt64] = [],
        on device: DeviceID? = nil
    ) async throws(NightjarError) -> [Digest] {
        guard heights.count <= 1 || heights.count == inputs.count else {
            throw .argument("\(heights.count) heights for \(inputs.count) inputs")
        }
        for input in inputs { try algorithm.check(length: input.count) }
        let device = try core.device(for: algorithm, device)
        // Inputs that follow each other and have one epoch.
        var lists: [(inputs: ArraySlice<[UInt8]>, epoch: Epoch)] = []
        var first = 0
        while first < inputs.count {
            let height = heights.count == 1 ? heights[0] : heights.isEmpty ? nil : heights[first]
            var end = heights.count > 1 ? first + 1 : inputs.count
            while end < inputs.count, heights[end] == height { end += 1 }
            lists.append((inputs[first..<end], try Epoch(algorithm, height: height, seed: seed)))
            first = end
        }
        return try await digests(lists, algorithm, on: device)
    }

    private func digests(
        _ lists: [(inputs: ArraySlice<[UInt8]>, epoch: Epoch)], _ algorithm: Algorithm, on device: DeviceID
    ) async throws(NightjarError) -> [Digest] {
        var queued: [InputList] = []
        for list in lists {
            let list = InputList(list.inputs, algorithm: algorithm, epoch: list.epoch)
            try core.submit(list, on: device)
            queued.append(list)
        }
        var digests: [Digest] = []
        for list in queued {
            do { try await list.finished() } catch {
                // Nothing of the rest is wanted.
                for list in queued { list.giveUp() }
                throw error
            }
            for index in 0..<list.count { digests.append(list.digest(index)) }
        }
        return digests
    }

    /// Prepares a coming seed in the background, so that its first hash does not wait for the cache: about a second of one
    /// core.
    ///
    /// - Throws: ``NightjarError`` when the algorithm takes no seed of this length.
    public func prepareAhead(_ algorithm: Algorithm, seed: [UInt8]) throws(NightjarError) {
        core.hashing.prepareAhead(algorithm, try Epoch(algorithm, height: nil, seed: seed))
    }
}

extension EngineCore {
    /// Queues a list for the CPU's threads. Its owner waits for it.
    ///
    /// - Throws: ``NightjarError`` when the CPU cannot run the algorithm, or the system starts no thread.
    package func submit(_ list: InputList) throws(NightjarError) {
        guard list.count > 0 else { return }
        try hashing.hash(list, with: try shelves.shelf(for: list.algorithm, list.epoch, hashes: list.count))
    }

    /// Queues a list for a device. Its owner waits for it.
    ///
    /// - Throws: ``NightjarError`` when the device cannot run the algorithm, or the system starts no thread.
    package func submit(_ list: InputList, on device: DeviceID) throws(NightjarError) {
        if device == .cpu { return try submit(list) }
        if list.count > 0 { try hashOnKeptLane(list, on: device) }
    }

    /// Queues a list for a shelf's lanes.
    package func submit(_ list: InputList, to shelf: LaneShelf) throws(NightjarError) {
        try hashing.hash(list, with: shelf)
    }

    /// Ends all threads, blocking the calling one until then. Nothing may be asked of the core afterwards.
    package func close() {
        shelves.retire()
        hashing.close()
        kept.close()
    }

    /// The device that hashes inputs: the one asked for, or the first that can.
    func device(for algorithm: Algorithm, _ device: DeviceID?) throws(NightjarError) -> DeviceID {
        guard let device else { return try firstDevice(for: algorithm) }
        _ = try require(algorithm, on: device)
        return device
    }
}
