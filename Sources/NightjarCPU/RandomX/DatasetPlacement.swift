/// On which NUMA nodes a RandomX dataset lies, and which of its copies a lane reads.
///
/// A hash reads the dataset thousands of times, each time waiting for memory: from another node that takes up to twice
/// as long. So each node that can hold a dataset gets one, where there are several such nodes.
package struct DatasetPlacement: Sendable, Hashable {
    /// The nodes with a dataset each, by the system's index; `[nil]`: there is one, wherever the system puts it.
    package let nodes: [Int?]
    /// Of each dataset, the processing units beside it; empty without nodes.
    package let units: [[Int]]

    /// One dataset for all lanes.
    package static let single = DatasetPlacement(nodes: [nil], units: [[]])

    private init(nodes: [Int?], units: [[Int]]) {
        self.nodes = nodes
        self.units = units
    }

    /// - Parameters:
    ///   - bytes: of a dataset.
    ///   - available: bytes that a node has to give.
    package init(_ layout: ProcessorLayout, bytes: Int, available: (ProcessorLayout.Node) -> Int) {
        let able = layout.nodes.filter { !$0.units.isEmpty && available($0) >= bytes }
        if able.count < 2 {
            self = .single
        } else {
            nodes = able.map(\.index)
            units = able.map(\.units)
        }
    }

    /// Which dataset a lane on a processing unit reads: the one beside it. Lanes beside none are spread over all.
    package func place(of unit: Int?) -> Int {
        guard let unit, nodes.count > 1 else { return 0 }
        return units.firstIndex { $0.contains(unit) } ?? unit % nodes.count
    }

    /// One sentence, where there is something to say.
    package var explanation: String? {
        nodes.count > 1 ? "a RandomX dataset on each of \(nodes.count) NUMA nodes" : nil
    }
}
