import NightjarPlatform
import Testing

@Suite(.timeLimit(.minutes(10))) struct HugePagesTests {
    @Test(arguments: HugePages.Kind.allCases, [1, 2 << 20, (2 << 20) + 1])
    func memoryIsThereWhateverTheKind(_ best: HugePages.Kind, _ size: Int) throws {
        let memory = try HugePages(size: size, best: best, purpose: "a test")
        #expect(memory.kind >= best)
        #expect(memory.bytes.count >= size && memory.bytes.count.isMultiple(of: HugePages.pageSize))
        let start = try #require(memory.bytes.baseAddress)
        #expect(Int(bitPattern: start).isMultiple(of: HugePages.pageSize))
        #expect(memory.bytes.allSatisfy { $0 == 0 })
        memory.bytes[0] = 1
        memory.bytes[memory.bytes.count - 1] = 2
        #expect(memory.bytes[0] == 1 && memory.bytes[memory.bytes.count - 1] == 2)
    }

    /// More than 1 GiB, on whatever the system has: 1 GiB pages and some small ones behind them, or something less.
    @Test func aGibibyteAndMore() throws {
        let memory = try HugePages(size: (1 << 30) + 1, best: .gigantic, purpose: "a test")
        #expect(memory.bytes.count == (1 << 30) + HugePages.pageSize)
        let start = try #require(memory.bytes.baseAddress)
        #expect(Int(bitPattern: start).isMultiple(of: memory.kind == .gigantic ? 1 << 30 : HugePages.pageSize))
        for offset in stride(from: 0, to: memory.bytes.count, by: HugePages.pageSize) {
            #expect(memory.bytes[offset] == 0)
            memory.bytes[offset] = 1
        }
    }

    @Test func whatCanBeDoneWithoutIsNotTakenFromOthers() {
        do {
            _ = try HugePages(size: 2 << 20, best: .plain, purpose: "a test", available: { 2 << 20 })
            _ = try HugePages(size: 4 << 20, best: .plain, purpose: "a test", available: { 3 << 20 })
            Issue.record("there was more than there is")
        } catch {
            #expect(error.reason == "not enough memory for a test: 4 MiB are needed, 3 MiB are available")
        }
    }

    @Test func plainIsPlain() throws {
        #expect(try HugePages(size: 1, best: .plain, purpose: "a test").kind == .plain)
    }

    @Test func memoryGoesBack() throws {
        // Far more than any machine has, if it were not given back.
        for _ in 0..<100_000 { _ = try HugePages(size: 64 << 20, best: .plain, purpose: "a test") }
    }

    @Test func tooMuchIsAnErrorThatSaysWhatFor() {
        do {
            _ = try HugePages(size: 1 << 60, purpose: "a scratchpad")
            Issue.record("an exabyte was there")
        } catch {
            #expect(error.reason.hasPrefix("mmap of ") && error.reason.contains("for a scratchpad: "))
        }
    }

    @Test func hintNamesTheOneCommand() {
        #expect(HugePages.hint(needed: 3, total: 10, free: 3) == nil)
        #expect(HugePages.hint(needed: 3, total: nil, free: nil) == nil)
        let hint = HugePages.hint(needed: 131, total: 10, free: 4)
        #expect(hint?.hasSuffix("sysctl -w vm.nr_hugepages=137") == true)
        #expect(hint?.hasPrefix("4 of 131 huge pages are free") == true)
    }
}

@Suite(.timeLimit(.minutes(10))) struct AvailableMemoryTests {
    @Test func theLeastOfMachineAndGroupsCounts() {
        var files = ["/proc/meminfo": "MemTotal: 4000 kB\nMemFree: 10 kB\nMemAvailable:    3000 kB"]
        #expect(AvailableMemory.bytes { files[$0] } == 3000 * 1024)
        files["/proc/self/cgroup"] = "0::/a"
        files["/sys/fs/cgroup/a/memory.max"] = "max"
        files["/sys/fs/cgroup/a/memory.current"] = "1000"
        #expect(AvailableMemory.bytes { files[$0] } == 3000 * 1024)
        files["/sys/fs/cgroup/a/memory.max"] = "5000"
        #expect(AvailableMemory.bytes { files[$0] } == 4000)
        files["/sys/fs/cgroup/a/memory.stat"] = "anon 700\ninactive_file 300\nactive_file 1"
        #expect(AvailableMemory.bytes { files[$0] } == 4300)
        files["/proc/self/cgroup"] = "5:cpu:/a\n4:memory:/b"
        files["/sys/fs/cgroup/memory/b/memory.limit_in_bytes"] = "9223372036854771712"
        files["/sys/fs/cgroup/memory/b/memory.usage_in_bytes"] = "10"
        #expect(AvailableMemory.bytes { files[$0] } == 3000 * 1024)
        files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "2000"
        files["/sys/fs/cgroup/memory/memory.usage_in_bytes"] = "2500"
        #expect(AvailableMemory.bytes { files[$0] } == -500)
        #expect(AvailableMemory.bytes { _ in nil } == nil)
    }
}

@Suite(.timeLimit(.minutes(10))) struct QuotaTests {
    @Test func unifiedTakesTheLeastOfTheAncestry() {
        let files = [
            "/sys/fs/cgroup/a/b/cpu.max": "max 100000", "/sys/fs/cgroup/a/cpu.max": "150000 100000",
            "/sys/fs/cgroup/cpu.max": "400000 100000",
        ]
        #expect(CPUQuota.limit(membership: "0::/a/b") { files[$0] } == 1.5)
        #expect(CPUQuota.limit(membership: "0::/") { files[$0] } == 4)
        #expect(CPUQuota.limit(membership: "0::/") { _ in nil } == nil)
    }

    @Test func legacyReadsTheCPUController() {
        let files = [
            "/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us": "50000", "/sys/fs/cgroup/cpu/x/cpu.cfs_period_us": "100000",
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
        ]
        #expect(CPUQuota.limit(membership: "4:memory:/x\n2:cpu,cpuacct:/x\n0::/") { files[$0] } == 0.5)
        #expect(CPUQuota.limit(membership: "2:cpu,cpuacct:/") { files[$0] } == nil)
        #expect(CPUQuota.limit(membership: "nonsense") { files[$0] } == nil)
    }
}
