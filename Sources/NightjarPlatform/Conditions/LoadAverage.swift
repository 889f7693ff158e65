/// How many programs wanted a processor during the last minute, on average.
package enum LoadAverage {
    /// `nil` where `/proc/loadavg` cannot be read.
    package static func lastMinute(root: String = "") -> Double? {
        TextFile.read(root + "/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
    }
}
