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
        let batch = Batch(
            addresses: try NightjarError.required(inputs), sizes: try NightjarError.required(input_sizes),
            heights: heights.map { UnsafePointer($0) }, digests: try NightjarError.required(digests), count: count)
        guard count > 0, heights != nil || !hasher.algorithm.needs.contains(.height) else { throw .badArgument }
        try Batch.tell(hasher.hash(batch), statuses, count)
    }
}
