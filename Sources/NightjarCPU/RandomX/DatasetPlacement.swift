/// The NUMA nodes that hold a RandomX dataset, and the copy that each lane reads.
///
/// A hash reads the dataset thousands of times and waits for memory each time. Reading from another node takes up to
/// twice as long. So when several nodes can hold a dataset, each of them gets one.
package struct DatasetPlacement: Sendable, Hashable {
    /// The nodes that have a dataset, by the system's index. `[nil]` means one dataset, wherever the system puts it.
    package let nodes: [Int?]
    /// For each dataset, the processing units of its node; empty without nodes.
    package let units: [[Int]]

    /// One dataset for all lanes.
    package static let single = DatasetPlacement(nodes: [nil], units: [[]])

    private init(nodes: [Int?], units: [[Int]]) {
        self.nodes = nodes
        self.units = units
    }

    /// - Parameters:
    ///   - bytes: the size of a dataset.
    ///   - available: the bytes that a node can give.
    package init(_ layout: ProcessorLayout, bytes: Int, available: (ProcessorLayout.Node) -> Int) {
        let able = layout.nodes.filter { !$0.units.isEmpty && available($0) >= bytes }
        if able.count < 2 {
            self = .single
        } else {
            nodes = able.map(\.index)
            units = able.map(\.units)
        }
    }

    /// The dataset that a lane on a processing unit reads: the one on its node. Lanes on a node without a dataset are
    /// spread over all datasets.
    package func place(of unit: Int?) -> Int {
        guard let unit, nodes.count > 1 else { return 0 }
        return units.firstIndex { $0.contains(unit) } ?? unit % nodes.count
    }

    /// One sentence; `nil` when there is only one dataset.
    package var explanation: String? {
        nodes.count > 1 ? "a RandomX dataset on each of \(nodes.count) NUMA nodes" : nil
    }
}
