import CHashing

/// Runs a ``RandomXHasher``'s programs instead of the interpreter. It belongs to its hasher's thread.
package protocol RandomXExecutor: AnyObject {
    /// Whether there is a source of dataset items. The hasher must not be used before this is true.
    var hasDataset: Bool { get }

    /// Runs whole programs of different hashes, each as `nj_rx_execute` does. Allocates nothing.
    ///
    /// - Parameters:
    ///   - programs: `count` programs.
    ///   - registers: a register file for each program. The caller sets `a`; this writes r, f and e.
    ///   - scratchpads: a scratchpad for each, one after the other.
    ///   - roundings: each program's register `fprc`, read before and written after.
    func execute(
        _ programs: UnsafePointer<nj_rx_program>, count: Int, registers: UnsafeMutablePointer<nj_rx_registers>,
        scratchpads: UnsafeMutablePointer<UInt8>, roundings: UnsafeMutablePointer<UInt32>)
}
