import Foundation
import NightjarPlatform
import Testing

/// What the system says about itself, read from trees that the tests make.
@Suite(.timeLimit(.minutes(1))) struct ConditionsTests {
    /// Calls `body` with the root of a tree of files, which goes away afterwards.
    private func withTree<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        let root = NSTemporaryDirectory() + "nightjar-tree-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        for (path, text) in files {
            let url = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        return try body(root)
    }

    @Test func everythingIsRead() throws {
        let files = [
            "/proc/cpuinfo": "processor\t: 0\nmicrocode\t: 0xa101148\nflags\t\t: fpu hypervisor aes\nmodel name\t: X\n",
            "/proc/meminfo": "MemTotal:       24000000 kB\nMemFree: 5 kB\n", "/proc/sys/kernel/osrelease": "6.1.0-9\n",
            "/sys/class/dmi/id/sys_vendor": "QEMU\n", "/sys/class/dmi/id/product_name": "Standard PC\n",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
            "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpufreq/scaling_governor": "none of a processor\n",
            "/sys/devices/system/cpu/vulnerabilities/spectre_v2": "Mitigation: Retpolines\n",
            "/sys/devices/system/cpu/vulnerabilities/meltdown": "Not affected\n",
            "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "1280\n",
            "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
        ]
        let conditions = try withTree(files) { MachineConditions(root: $0) }
        #expect(conditions.governor == "performance, powersave" && conditions.virtual == "QEMU Standard PC")
        #expect(conditions.hugePages2M == 1280 && conditions.hugePages1G == nil)
        #expect(conditions.transparentPages == "madvise" && conditions.memory == 24_000_000 * 1024)
        #expect(conditions.kernel == "6.1.0-9" && conditions.microcode == "0xa101148")
        #expect(conditions.mitigations?.map(\.name) == ["meltdown", "spectre_v2"])
        #expect(conditions.mitigations?.map(\.state) == ["Not affected", "Mitigation: Retpolines"])
        #expect(conditions.reasons.isEmpty)
    }

    @Test func whatIsMissingHasAReason() throws {
        let conditions = try withTree(["/proc/cpuinfo": "flags : fpu\n"]) { MachineConditions(root: $0) }
        #expect(conditions.virtual == "none")
        #expect(
            conditions.reasons.map(\.name) == ["governor", "hugePages", "memory", "kernel", "microcode", "mitigations"])
        #expect(conditions.reasons.allSatisfy { !$0.reason.isEmpty } && conditions.memory == nil)
        #expect(MachineConditions(root: "/nowhere").reasons.contains { $0.name == "virtual" })
        #expect(LoadAverage.lastMinute(root: "/nowhere") == nil)
        let load = try withTree(["/proc/loadavg": "0.42 1 2 1/9 7\n"]) { LoadAverage.lastMinute(root: $0) }
        #expect(load == 0.42)
    }

    @Test func timesOfOtherProgramsAndStolenOnesAreParts() throws {
        func times(_ line: String, own: Double) -> ProcessorTimes? {
            ProcessorTimes(statistics: "cpu  \(line)\ncpu0 1 2 3 4\n", ticksPerSecond: 100, own: own)
        }
        let before = try #require(times("1000 0 500 8000 500 0 0 100 900 0", own: 3))
        let after = try #require(times("1600 0 500 8200 500 0 0 300 1500 0", own: 7))
        // Ten seconds: six of work, four of them by this process; two idle; two stolen.
        #expect(before.total == 101 && after.total - before.total == 10)
        #expect(after.stolen(since: before) == 0.2)
        let foreign = try #require(after.foreign(since: before))
        #expect(abs(foreign - 0.2) < 1e-9)
        #expect(before.stolen(since: before) == nil && before.foreign(since: before) == nil)
        // More of its own than the ticks show is rounding.
        #expect(try #require(times("1600 0 500 8200 500 0 0 300", own: 99)).foreign(since: before) == 0)
        #expect(ProcessorTimes(statistics: "", ticksPerSecond: 100, own: 0) == nil)
        #expect(ProcessorTimes(statistics: "cpu  1 2\n", ticksPerSecond: 100, own: 0) == nil)
        #expect(ProcessorTimes.now() != nil)
    }
}
