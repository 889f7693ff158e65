import CHashing

/// Runs the programs that a ``RandomXHasher`` loads, in the interpreter's place. Belongs to its hasher's thread.
package protocol RandomXExecutor: AnyObject {
    /// What ``RandomXHasher`` reads dataset items from; the hasher is not used before this is true.
    var hasDataset: Bool { get }

    /// Runs a whole program, as `nj_rx_execute` does. Allocates nothing.
    ///
    /// - Parameters:
    ///   - registers: `a` is set by the caller; r, f and e are written.
    ///   - rounding: the register `fprc`, before and after.
    func execute(
        _ program: UnsafePointer<nj_rx_program>, registers: UnsafeMutablePointer<nj_rx_registers>,
        scratchpad: UnsafeMutablePointer<UInt8>, rounding: inout UInt32)
}
