import CNightjar
import NightjarCore

@c @implementation package func nj_hasher_create(
    _ hasher: UnsafeMutablePointer<OpaquePointer?>!, _ engine: OpaquePointer!, _ algorithm: UnsafePointer<CChar>!,
    _ device: UnsafePointer<CChar>!, _ seed: UnsafePointer<UInt8>!, _ seed_size: Int, _ mode: Int32
) -> Int32 {
    status { () throws(NightjarError) in
        let hasher = try NightjarError.required(hasher)
        let engine: EngineObject = try Objects.object(engine)
        let algorithm = try NightjarC.algorithm(algorithm)
        guard let mode = HasherObject.Mode(rawValue: mode) else { throw .badArgument }
        let epoch = try NightjarC.epoch(algorithm, height: 0, seed, seed_size)
        var id = DeviceID.cpu
        if let device {
            let name = String(cString: device)
            guard let named = DeviceID(name) else { throw .noSuchDevice(name, present: []) }
            id = named
        }
        hasher.pointee = Objects.pointer(try HasherObject(engine, algorithm, on: id, epoch, mode))
    }
}

@c @implementation package func nj_hasher_reseed(
    _ hasher: OpaquePointer!, _ seed: UnsafePointer<UInt8>!, _ seed_size: Int
) -> Int32 {
    status { () throws(NightjarError) in
        let hasher: HasherObject = try Objects.object(hasher)
        guard hasher.algorithm.needs.contains(.seed) else { throw .badArgument }
        try hasher.reseed(NightjarC.epoch(hasher.algorithm, height: 0, seed, seed_size))
    }
}

@c @implementation package func nj_hasher_destroy(_ hasher: OpaquePointer!) -> Int32 {
    status { () throws(NightjarError) in
        guard let hasher else { return }
        try Objects.object(hasher, as: HasherObject.self).close()
        Objects.free(hasher, as: HasherObject.self)
    }
}

@c @implementation package func nj_hash(
    _ hasher: OpaquePointer!, _ digest: UnsafeMutablePointer<UInt8>!, _ input: UnsafePointer<UInt8>!,
    _ input_size: Int, _ height: UInt64
) -> Int32 {
    status { () throws(NightjarError) in
        let digest = try NightjarError.required(digest)
        let hasher: HasherObject = try Objects.object(hasher)
        try hasher.digest(of: try bytes(input, input_size), height: height).store(to: digest)
    }
}

@c @implementation package func nj_hash_batch(
    _ hasher: OpaquePointer!, _ digests: UnsafeMutablePointer<UInt8>!, _ statuses: UnsafeMutablePointer<Int32>!,
    _ inputs: UnsafePointer<UnsafePointer<UInt8>?>!, _ input_sizes: UnsafePointer<Int>!,
    _ heights: UnsafePointer<UInt64>!, _ count: Int
) -> Int32 {
    status { () throws(NightjarError) in
        guard count != 0 else { return }
        let hasher: HasherObject = try Objects.object(hasher)
        let digests = try NightjarError.required(digests)
        let (inputs, sizes) = (try NightjarError.required(inputs), try NightjarError.required(input_sizes))
        guard count > 0, heights != nil || !hasher.algorithm.needs.contains(.height) else { throw .badArgument }
        var batch = Batch(count)
        var items: [HasherObject.Item] = []
        items.reserveCapacity(count)
        for index in 0..<count {
            do throws(NightjarError) {
                let input = try bytes(inputs[index], sizes[index])
                try hasher.algorithm.check(length: input.count)
                items.append(HasherObject.Item(input: input, height: heights?[index] ?? 0))
                batch.places.append(index)
            } catch { batch.failures[index] = .badInput }
        }
        hasher.hash(&items)
        for index in batch.failures.keys { Digest().store(to: digests + 32 * index) }
        for (place, item) in zip(batch.places, items) {
            // Zero where it failed.
            item.digest.store(to: digests + 32 * place)
            batch.failures[place] = item.failure
        }
        try batch.tell(statuses)
    }
}

/// The items of a batch: which are hashed, and which fail.
struct Batch {
    let count: Int
    /// The items that are hashed, ascending.
    var places: [Int] = []
    var failures: [Int: NightjarError] = [:]

    init(_ count: Int) { self.count = count }

    /// Writes the statuses.
    ///
    /// - Throws: the gravest error: one that is of no item comes before a bad item's.
    func tell(_ statuses: UnsafeMutablePointer<Int32>?) throws(NightjarError) {
        if let statuses { for index in 0..<count { statuses[index] = failures[index]?.code.rawValue ?? 0 } }
        if let failure = failures.values.first(where: { $0.code != .input }) { throw failure }
        if let failure = failures.values.first { throw failure }
    }
}
