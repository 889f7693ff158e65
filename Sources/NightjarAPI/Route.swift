import CDashboard
import HTTPTypes
import NightjarMiner

typealias HTTPStatus = HTTPResponse.Status

/// The API's paths.
enum Route: Sendable {
    /// A file of the dashboard. It needs no token: it holds no facts of the run, and the user enters the token there.
    case file(DashboardFile)
    case health
    case summary(FleetView.Version)
    case backends
    case state
    case metrics
    /// The CPU's backend alone.
    case threads
    /// The settings of the run without their secrets, to holders of the token: it tells whom the machine mines for.
    case configuration
    case call
    case command(ControlCommand)

    static let all: [String: Route] = {
        var routes: [String: Route] = [
            "/health": .health, "/1/summary": .summary(.v1), "/api.json": .summary(.v1), "/2/summary": .summary(.v2),
            "/2/backends": .backends, "/1/threads": .threads, "/api/state.json": .state, "/metrics": .metrics,
            "/1/config": .configuration,
            "/2/config": .configuration, "/json_rpc": .call,
        ]
        for command in ControlCommand.allCases { routes["/" + command.rawValue] = .command(command) }
        for file in DashboardFile.all { routes[file.path] = .file(file) }
        return routes
    }()

    /// Whether the request changes something.
    var isWrite: Bool {
        switch self {
        case .call, .command: true
        default: false
        }
    }

    /// Whether a client may ask without a token.
    var isPublic: Bool {
        switch self {
        case .file, .health: true
        default: false
        }
    }

    /// Whether a `Host` with any name is answered. Monitors and orchestrators ask by names that only they know.
    var takesAnyHost: Bool { if case .health = self { true } else { false } }

    /// The value of `Allow`.
    var methods: String { isWrite ? "POST" : "GET, HEAD" }

    func allows(_ method: HTTPRequest.Method) -> Bool { isWrite ? method == .post : method == .get || method == .head }
}
