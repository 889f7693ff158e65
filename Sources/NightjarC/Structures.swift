import NightjarCore

/// Structures that callers of other versions may have smaller or larger. Each begins with its size in bytes.
///
/// This is the first version of all of them: what it has, every caller's has too.
enum Structures {
    /// Reads a caller's structure. Bytes that this version does not know must be zero.
    static func read<Structure>(_ pointer: UnsafePointer<Structure>) throws(NightjarError) -> Structure {
        let size = try size(pointer)
        let known = MemoryLayout<Structure>.size
        let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
        guard bytes[known...].allSatisfy({ $0 == 0 }) else { throw .badArgument }
        return pointer.pointee
    }

    /// Writes a structure to the caller's, whose size stays, and nothing beyond it.
    static func write<Structure>(
        _ structure: Structure, to pointer: UnsafeMutablePointer<Structure>
    ) throws(NightjarError) {
        let size = try size(UnsafePointer(pointer))
        pointer.pointee = structure
        UnsafeMutableRawPointer(pointer).storeBytes(of: size, as: Int.self)
    }

    /// The size that the caller has set.
    static func size<Structure>(_ pointer: UnsafePointer<Structure>) throws(NightjarError) -> Int {
        let size = UnsafeRawPointer(pointer).load(as: UInt.self)
        guard size >= UInt(MemoryLayout<Structure>.size), let size = Int(exactly: size) else { throw .badArgument }
        return size
    }

    /// Fills an array of characters with a text, cut where it is too long, and ends it.
    static func fill<Characters>(_ characters: inout Characters, with text: String) {
        withUnsafeMutableBytes(of: &characters) { bytes in
            var text = text
            // Cuts whole characters.
            while text.utf8.count >= bytes.count { text.removeLast() }
            for index in bytes.indices { bytes[index] = 0 }
            bytes.copyBytes(from: text.utf8)
        }
    }
}
