import NightjarCore
import NightjarPlatform

/// Which pairs of a benchmark stand ready at the same time, to be measured in turn.
enum BenchGroups {
    /// Lanes that stand ready keep their memory: more pairs than this gain nothing from turns.
    private static let most = 8
    /// What a RandomX dataset takes beside its cache, in bytes.
    private static let datasetBytes = 2_600_000_000

    /// Consecutive pairs, as many as can be ready together: a graphics card takes one at a time, because its lanes take
    /// its whole memory, and datasets need room in the machine's.
    ///
    /// - Parameter memory: bytes that can still be used; `nil` where that is not known.
    static func groups(
        _ pairs: [AlgorithmOnDevice], devices: [Device], mode: RandomXMode, memory: Int?
    ) -> [[AlgorithmOnDevice]] {
        var groups: [[AlgorithmOnDevice]] = []
        for pair in pairs {
            if let last = groups.last, fits(pair, last, devices, mode, memory) {
                groups[groups.count - 1].append(pair)
            } else {
                groups.append([pair])
            }
        }
        return groups
    }

    private static func fits(
        _ pair: AlgorithmOnDevice, _ group: [AlgorithmOnDevice], _ devices: [Device], _ mode: RandomXMode,
        _ memory: Int?
    ) -> Bool {
        func usesHost(_ pair: AlgorithmOnDevice) -> Bool {
            pair.device == .cpu || devices.first { $0.id == pair.device }?.isThisCPU == true
        }
        guard group.count < most else { return false }
        if !usesHost(pair), group.contains(where: { $0.device == pair.device }) { return false }
        let datasets = (group + [pair]).filter {
            mode != .light && $0.algorithm.parameters.datasetPaysFrom != nil && usesHost($0)
        }
        if datasets.count < 2 { return true }
        // One that did not fit would be measured in light mode.
        guard let memory else { return false }
        return memory > (datasets.count + 1) * datasetBytes
    }
}
