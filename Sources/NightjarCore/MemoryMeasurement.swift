/// What a device's memory and its integer units do, measured: what decides how fast algorithms can be on it.
package struct MemoryMeasurement: Sendable, Hashable {
    /// Random accesses over so much memory.
    package struct Random: Sendable, Hashable {
        /// Bytes that the accesses are spread over.
        package let footprint: UInt64
        /// Work-items that access at once, each waiting for one access before the next.
        package let workItems: Int
        /// Lines of 64 bytes read, changed and written, a second.
        package let accessesPerSecond: Double

        package init(footprint: UInt64, workItems: Int, accessesPerSecond: Double) {
            self.footprint = footprint
            self.workItems = workItems
            self.accessesPerSecond = accessesPerSecond
        }
    }

    /// Bytes read and bytes written a second, together, in a plain copy.
    package let copyBytesPerSecond: Double
    /// By footprint and work-items, rising.
    package let random: [Random]
    /// Additions, XORs and rotations of 32-bit words in registers, a second; `nil` where they were not measured.
    package let integersPerSecond: Double?

    package init(copyBytesPerSecond: Double, random: [Random], integersPerSecond: Double? = nil) {
        self.integersPerSecond = integersPerSecond
        self.copyBytesPerSecond = copyBytesPerSecond
        self.random = random
    }
}
