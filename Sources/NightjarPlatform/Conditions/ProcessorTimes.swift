import Glibc

/// How the processors' time was spent up to a moment: by all programs, and by this process.
package struct ProcessorTimes: Sendable, Hashable {
    /// Seconds of all processors together since the system's start.
    package let total: Double
    /// Of that, with work of any program on this system.
    package let busy: Double
    /// Of that, when the hypervisor gave the processor to another system although there was work.
    package let steal: Double
    /// Seconds of work of this process, its threads and its children that have ended.
    package let own: Double

    package init(total: Double, busy: Double, steal: Double, own: Double) {
        self.total = total
        self.busy = busy
        self.steal = steal
        self.own = own
    }

    /// Now; `nil` where `/proc/stat` cannot be read.
    package static func now() -> ProcessorTimes? {
        var seconds = 0.0
        for who in [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue] {
            var usage = rusage()
            guard getrusage(who, &usage) == 0 else { return nil }
            for time in [usage.ru_utime, usage.ru_stime] { seconds += Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        }
        return TextFile.read("/proc/stat").flatMap {
            ProcessorTimes(statistics: $0, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), own: seconds)
        }
    }

    /// Now, all from one folder's files, in ticks of the system's clock; `nil` where they cannot be read.
    ///
    /// - Parameter root: the folder of the kernel's `proc`; tests make their own.
    package static func now(root: String) -> ProcessorTimes? {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // The process's name stands in brackets and may hold spaces and brackets. The third field follows it.
        guard let statistics = TextFile.read("\(root)/stat"), let own = TextFile.read("\(root)/self/stat"),
            let name = own.lastIndex(of: ")")
        else { return nil }
        let fields = own[own.index(after: name)...].split(separator: " ")
        // Fields 14 to 17: user and system, of this process and of its children that have ended.
        guard fields.count > 14, ticks > 0 else { return nil }
        let spent = fields[11...14].compactMap { Double($0) }
        guard spent.count == 4 else { return nil }
        return ProcessorTimes(statistics: statistics, ticksPerSecond: ticks, own: spent.reduce(0, +) / ticks)
    }

    /// - Parameter statistics: the text of `/proc/stat`.
    package init?(statistics: String, ticksPerSecond: Double, own: Double) {
        guard let line = statistics.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }), ticksPerSecond > 0
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        // user, nice, system, idle, iowait, irq, softirq, steal. Guests' time, which follows, is in user's already.
        guard ticks.count >= 4 else { return nil }
        let idle = ticks[3] + (ticks.count > 4 ? ticks[4] : 0)
        steal = (ticks.count > 7 ? ticks[7] : 0) / ticksPerSecond
        total = ticks.prefix(8).reduce(0, +) / ticksPerSecond
        busy = total - idle / ticksPerSecond - steal
        self.own = own
    }

    /// The part of the processors' time since `earlier` that was stolen; `nil` where no time has passed.
    package func stolen(since earlier: ProcessorTimes) -> Double? {
        let time = total - earlier.total
        return time > 0 ? min(1, max(0, (steal - earlier.steal) / time)) : nil
    }

    /// The part of the processors' time since `earlier` in which other programs worked.
    package func foreign(since earlier: ProcessorTimes) -> Double? {
        let time = total - earlier.total
        return time > 0 ? min(1, max(0, (busy - earlier.busy - (own - earlier.own)) / time)) : nil
    }
}
