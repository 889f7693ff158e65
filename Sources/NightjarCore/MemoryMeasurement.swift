/// What a device's memory does, measured: what decides how fast memory-hard algorithms can be on it.
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

    package init(copyBytesPerSecond: Double, random: [Random]) {
        self.copyBytesPerSecond = copyBytesPerSecond
        self.random = random
    }
}
