import CHashing
import Glibc
import NightjarPlatform

/// The system refused memory for machine code; the interpreter then runs. The reason is one line.
package struct ExecutableMemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}

/// Code that can be written. The same pages are mapped twice: only this type has the writable mapping, only
/// ``ExecutableCode`` and ``FixedCode`` have the executable one, and converting one type to the other consumes it. So no
/// mapping is ever both writable and executable.
///
/// Programs are replaced eight times a hash, so that both mappings of ``ExecutableCode`` stay: making and removing one
/// each time would be two system calls, and each would stop all threads of the process. An attacker who can already write
/// anywhere in this process could write programs through the other mapping; against that attacker this is no protection.
/// Code that is written once is ``FixedCode``, which has no writable mapping left.
package struct WritableCode: ~Copyable {
    private let memory: TwoViews

    /// - Parameter size: the bytes of code, rounded up to whole pages.
    /// - Throws: when the system allows no executable memory.
    package init(size: Int) throws(ExecutableMemoryError) { self.init(try TwoViews(size: size)) }

    fileprivate init(_ memory: TwoViews) {
        self.memory = memory
        start = memory.writable
    }

    /// The number of bytes that can be written at ``start``.
    package var size: Int { memory.size }
    /// Where to write; page-aligned. Do not use it after this value is consumed.
    package let start: UnsafeMutableRawPointer

    /// Converts the memory, so that its code can run.
    ///
    /// The processor must be synchronised before it runs code that was written through the other mapping. The C entry
    /// functions do that.
    package consuming func executable() -> ExecutableCode { ExecutableCode(memory) }

    /// Converts the memory, so that its code can run, and takes the writable mapping away for good.
    package consuming func fixed() -> FixedCode { FixedCode(memory) }
}

/// Code that can be run.
package struct ExecutableCode: ~Copyable {
    private let memory: TwoViews

    fileprivate init(_ memory: TwoViews) { self.memory = memory }

    /// The first byte of the code. Do not call it after this value is consumed or released.
    package var start: UnsafeRawPointer { memory.executable }

    /// Converts the memory, so that new code can be written. No thread may be running the old code.
    package consuming func writable() -> WritableCode { WritableCode(memory) }
}

/// Code that can be run and never changes.
package struct FixedCode: ~Copyable {
    private let memory: TwoViews

    fileprivate init(_ memory: TwoViews) {
        memory.unmapWritable()
        self.memory = memory
    }

    /// The first byte of the code. Do not call it after this value is consumed or released.
    package var start: UnsafeRawPointer { memory.executable }
}

/// An anonymous file, mapped once for writing and once for running.
private final class TwoViews {
    let size: Int
    let writable: UnsafeMutableRawPointer
    private var isWritable = true
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
        if isWritable { unmapWritable() }
        Self.unmap(UnsafeMutableRawPointer(mutating: executable), size)
    }

    /// From here on, ``writable`` points nowhere.
    func unmapWritable() {
        isWritable = false
        Self.unmap(writable, size)
    }

    private static func unmap(_ start: UnsafeMutableRawPointer, _ size: Int) {
        let result = munmap(start, size)
        assert(result == 0, "munmap failed")
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

    /// Checks every system call in this file.
    private static func check(_ call: StaticString, _ succeeded: Bool) throws(ExecutableMemoryError) {
        guard !succeeded else { return }
        throw ExecutableMemoryError(reason: "\(call): \(errorText(errno))")
    }
}
