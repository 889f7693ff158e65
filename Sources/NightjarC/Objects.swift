import NightjarCore

/// What a C pointer stands for: a Swift object with one owner, the caller.
enum Objects {
    /// - Returns: a pointer that keeps the object until ``free(_:)``.
    static func pointer(_ object: some AnyObject & Sendable) -> OpaquePointer {
        OpaquePointer(Unmanaged.passRetained(object).toOpaque())
    }

    /// The object behind a pointer that a caller gave.
    static func object<Object: AnyObject & Sendable>(
        _ pointer: OpaquePointer?, as type: Object.Type = Object.self
    ) throws(NightjarError) -> Object {
        let pointer = try NightjarError.required(pointer)
        return Unmanaged<Object>.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// Lets go of the object.
    static func free<Object: AnyObject & Sendable>(_ pointer: OpaquePointer, as type: Object.Type) {
        Unmanaged<Object>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }
}

/// Bytes that a caller gave: NULL with a size of 0 is the empty string.
func bytes(_ pointer: UnsafePointer<UInt8>?, _ size: Int) throws(NightjarError) -> UnsafeRawBufferPointer {
    guard size >= 0, pointer != nil || size == 0 else { throw .badArgument }
    return UnsafeRawBufferPointer(start: pointer, count: size)
}

/// A copy of an input that a caller gave. Its length is looked at first: nothing is read of one that is too long.
func input(
    _ algorithm: Algorithm, _ pointer: UnsafePointer<UInt8>?, _ size: Int
) throws(NightjarError) -> [UInt8] {
    let bytes = try bytes(pointer, size)
    try algorithm.check(length: size)
    return Array(bytes)
}

/// 32 bytes that a caller gave.
func digest(_ pointer: UnsafePointer<UInt8>?) throws(NightjarError) -> Digest {
    let pointer = try NightjarError.required(pointer)
    return try NightjarError.required(Digest(UnsafeRawBufferPointer(start: pointer, count: 32)))
}

extension Digest {
    /// Writes its 32 bytes to memory of any alignment.
    func store(to pointer: UnsafeMutablePointer<UInt8>) {
        var words = words
        words = (words.0.littleEndian, words.1.littleEndian, words.2.littleEndian, words.3.littleEndian)
        withUnsafeBytes(of: &words) {
            UnsafeMutableRawBufferPointer(start: pointer, count: 32).copyMemory(from: $0)
        }
    }
}

/// An algorithm by the name or alias that a caller gave.
func algorithm(_ name: UnsafePointer<CChar>?) throws(NightjarError) -> Algorithm {
    let name = String(cString: try NightjarError.required(name))
    guard let algorithm = Catalog.algorithm(named: name) else { throw .noAlgorithm(name) }
    return algorithm
}

/// The epoch for what a caller gave: a seed where the algorithm takes none is a mistake of the caller's.
func epoch(
    _ algorithm: Algorithm, height: UInt64, _ seed: UnsafePointer<UInt8>?, _ seedSize: Int
) throws(NightjarError) -> Epoch {
    let seed = try bytes(seed, seedSize)
    guard seed.isEmpty || algorithm.needs.contains(.seed) else { throw .badArgument }
    // Before it is copied.
    guard seed.count <= Epoch.maximumSeedLength else {
        throw .seedTooLong(algorithm: algorithm.name, bytes: seed.count, maximum: Epoch.maximumSeedLength)
    }
    return try Epoch(algorithm, height: height, seed: Array(seed))
}
