import CHashing
import Glibc

/// Memory for machine code was refused. The reason is one line. Then the interpreter runs.
package struct ExecutableMemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}

/// Code that can be written. Two views of the same pages: nothing but this type has the writable one, nothing but
/// ``ExecutableCode`` has the executable one, and turning one into the other consumes it. So no page is ever writable
/// and executable, and no system call is needed when a program is replaced, as happens eight times a hash.
package struct WritableCode: ~Copyable {
    private let memory: TwoViews

    /// - Parameter size: bytes of code; rounded up to whole pages.
    /// - Throws: when the system allows no executable memory.
    package init(size: Int) throws(ExecutableMemoryError) { memory = try TwoViews(size: size) }

    fileprivate init(_ memory: TwoViews) { self.memory = memory }

    /// Bytes that can be written at ``start``.
    package var size: Int { memory.size }
    /// Where to write; page-aligned. Not to be used once this is consumed.
    package var start: UnsafeMutableRawPointer { memory.writable }

    /// The same memory, to be run.
    ///
    /// The processor must be synchronised before it runs what was written through the other view: the C entry does
    /// that.
    package consuming func executable() -> ExecutableCode { ExecutableCode(memory) }
}

/// Code that can be run.
package struct ExecutableCode: ~Copyable {
    private let memory: TwoViews

    fileprivate init(_ memory: TwoViews) { self.memory = memory }

    /// The first byte of the code. Not to be called once this is consumed or gone.
    package var start: UnsafeRawPointer { memory.executable }

    /// The same memory, to be written anew. No thread may be running it.
    package consuming func writable() -> WritableCode { WritableCode(memory) }
}

/// An anonymous file, mapped once for writing and once for running.
private final class TwoViews {
    let size: Int
    let writable: UnsafeMutableRawPointer
    let executable: UnsafeRawPointer

    init(size: Int) throws(ExecutableMemoryError) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let length = (size + page - 1) / page * page
        let file = nj_code_file()
        try Self.check("memfd_create", file >= 0)
        defer { close(file) }
        try Self.check("ftruncate", ftruncate(file, length) == 0)
        let first = try Self.map(file, length, PROT_READ | PROT_WRITE)
        do {
            executable = UnsafeRawPointer(try Self.map(file, length, PROT_READ | PROT_EXEC))
        } catch {
            munmap(first, length)
            throw error
        }
        writable = first
        self.size = length
    }

    deinit {
        let results = (munmap(writable, size), munmap(UnsafeMutableRawPointer(mutating: executable), size))
        assert(results == (0, 0), "munmap failed")
    }

    private static func map(
        _ file: Int32, _ length: Int, _ protection: Int32
    ) throws(ExecutableMemoryError) -> UnsafeMutableRawPointer {
        let start = mmap(nil, length, protection, MAP_SHARED, file, 0)
        let call: StaticString = protection & PROT_EXEC != 0 ? "mmap of executable memory" : "mmap"
        try check(call, start != MAP_FAILED)
        guard let start else { throw ExecutableMemoryError(reason: "\(call): no address") }
        return start
    }

    /// The one check of the system calls here.
    private static func check(_ call: StaticString, _ succeeded: Bool) throws(ExecutableMemoryError) {
        guard !succeeded else { return }
        throw ExecutableMemoryError(reason: "\(call): \(String(cString: strerror(errno)))")
    }
}
