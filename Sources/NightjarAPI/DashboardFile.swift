import CDashboard
import HTTPTypes
import NightjarMiner

/// An embedded file of the dashboard.
struct DashboardFile: Sendable {
    let path: String
    let type: String
    let bytes: [UInt8]

    static let all: [DashboardFile] = (0..<nj_dashboard_file_count()).compactMap { index in
        let file = nj_dashboard_file_at(index)
        guard let path = file.path, let type = file.type else { return nil }
        return DashboardFile(
            path: String(cString: path), type: String(cString: type),
            bytes: Array(UnsafeBufferPointer(start: file.text, count: file.length)))
    }
}
