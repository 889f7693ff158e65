/// What a device's memory does, measured: what decides how fast memory-hard algorithms can be on it.
public struct MemoryMeasurement: Sendable, Hashable {
    /// Random accesses over so much memory.
    public struct Random: Sendable, Hashable {
        /// Bytes that the accesses are spread over.
        public let footprint: UInt64
        /// Work-items that access at once, each waiting for one access before the next.
        public let workItems: Int
        /// Lines of 64 bytes read, changed and written, a second.
        public let accessesPerSecond: Double

        public init(footprint: UInt64, workItems: Int, accessesPerSecond: Double) {
            self.footprint = footprint
            self.workItems = workItems
            self.accessesPerSecond = accessesPerSecond
        }
    }

    /// Bytes read and bytes written a second, together, in a plain copy.
    public let copyBytesPerSecond: Double
    /// By footprint and work-items, rising.
    public let random: [Random]

    public init(copyBytesPerSecond: Double, random: [Random]) {
        self.copyBytesPerSecond = copyBytesPerSecond
        self.random = random
    }
}
