import Nightjar
import NightjarCPU
import NightjarPlatform
import NightjarReport

/// The conditions of a benchmark: read at its start, completed at its end.
struct BenchConditions {
    private let machine = MachineConditions()
    private let load = LoadAverage.lastMinute()
    private let times = ProcessorTimes.now()

    /// More of other programs' work than this, as a part, disturbs.
    private static let disturbing = 0.02

    /// - Parameter powerReason: why the energy of some devices is not known; `nil` when all is.
    /// - Returns: the conditions, and warnings that follow from them.
    func end(_ host: Host, powerReason: String?) -> (ReportConditions, warnings: [String]) {
        let timesNow = ProcessorTimes.now()
        var conditions = ReportConditions()
        var warnings: [String] = []
        conditions.cpu = host.cpu
        conditions.cores = host.cores
        conditions.governor = machine.governor
        conditions.frequencyMHz = CoreClock.megahertz()
        conditions.virtual = machine.virtual
        conditions.memory = machine.memory
        conditions.kernel = machine.kernel
        conditions.microcode = machine.microcode
        conditions.mitigations = machine.mitigations?.map { .init($0.name, $0.state) }
        conditions.unavailable = machine.reasons.map { .init($0.name, $0.reason) }
        if machine.hugePages2M != nil || machine.hugePages1G != nil || machine.transparentPages != nil {
            conditions.hugePages = .init(
                twoMebibytes: machine.hugePages2M, oneGibibyte: machine.hugePages1G,
                transparent: machine.transparentPages)
        }
        if let load, let loadNow = LoadAverage.lastMinute() {
            conditions.load = [load, loadNow]
        } else {
            conditions.unavailable.append(.init("load", "/proc/loadavg cannot be read"))
        }
        if let times, let timesNow {
            conditions.steal = timesNow.stolen(since: times)
            if let steal = conditions.steal, steal > Self.disturbing {
                warnings.append(
                    "The hypervisor gave \(Quantity.percent(steal)) of the processors' time to other systems.")
            }
            if let foreign = timesNow.foreign(since: times), foreign > Self.disturbing {
                warnings.append("Other programs took \(Quantity.percent(foreign)) of the processors' time.")
            }
        }
        if conditions.steal == nil { conditions.unavailable.append(.init("steal", "/proc/stat does not tell")) }
        if let governor = machine.governor, governor.contains("powersave") {
            warnings.append("The governor is \(governor): the processor may run slower than it can.")
        }
        if let powerReason { conditions.unavailable.append(.init("power", powerReason)) }
        return (conditions, warnings)
    }
}
