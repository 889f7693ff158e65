/// How pictures show the devices of a report: each has a colour and a shape, by its place in the list.
struct DeviceLook {
    private let ids: [String]
    private let report: BenchReport

    init(_ report: BenchReport) {
        var ids = report.devices.map(\.id)
        for row in report.results where !ids.contains(row.device) { ids.append(row.device) }
        self.ids = ids.filter { id in report.results.contains { $0.device == id } }
        self.report = report
    }

    /// The devices that have results, in order.
    var devices: [String] { ids }

    func index(_ device: String) -> Int { ids.firstIndex(of: device) ?? 0 }

    /// Whether it is another device's silicon: its marks are hollow.
    func isSame(_ device: String) -> Bool { report.device(device)?.sameSiliconAs != nil }

    /// The classes of a mark.
    func mark(_ device: String) -> String {
        let index = index(device)
        return isSame(device) ? "same \(ChartStyle.stroke(index))" : ChartStyle.fill(index)
    }

    /// Such as "opencl:0.0: PoCL CPU, the same silicon as cpu".
    func label(_ device: String) -> String {
        let named = report.device(device)
        let name = named?.name ?? report.results.first { $0.device == device }?.deviceName ?? ""
        let same = named?.sameSiliconAs.map { ", the same silicon as \($0)" } ?? ""
        return name.isEmpty ? device + same : "\(device): \(name)\(same)"
    }

    /// Text that fits, as far as the width of letters is known.
    static func fitting(_ text: String, width: Double) -> String {
        let most = max(Int(width / 6.9), 4)
        return text.count > most ? text.prefix(most - 1) + "…" : text
    }
}
