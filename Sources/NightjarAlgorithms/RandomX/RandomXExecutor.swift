import CHashing

/// Runs the programs that a ``RandomXHasher`` loads, in the interpreter's place. Belongs to its hasher's thread.
package protocol RandomXExecutor: AnyObject {
    /// What ``RandomXHasher`` reads dataset items from; the hasher is not used before this is true.
    var hasDataset: Bool { get }

    /// Runs whole programs of different hashes, each as `nj_rx_execute` does. Allocates nothing.
    ///
    /// - Parameters:
    ///   - programs: `count` of them.
    ///   - registers: a register file for each; `a` is set by the caller; r, f and e are written.
    ///   - scratchpads: a scratchpad for each, one after the other.
    ///   - roundings: the register `fprc` of each, before and after.
    func execute(
        _ programs: UnsafePointer<nj_rx_program>, count: Int, registers: UnsafeMutablePointer<nj_rx_registers>,
        scratchpads: UnsafeMutablePointer<UInt8>, roundings: UnsafeMutablePointer<UInt32>)
}
