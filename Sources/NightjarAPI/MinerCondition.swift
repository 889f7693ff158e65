import HTTPTypes
import Nightjar
import NightjarJSON
import NightjarMiner

/// Whether the miner mines, and if not, why. All texts are Nightjar's own and hold nothing from outside, because anyone
/// may read them.
enum MinerCondition: Equatable {
    case mining
    case paused([String])
    case disconnected
    case preparing
    case noDevice

    init(_ snapshot: MinerSnapshot) {
        let states = snapshot.devices.map { DeviceCondition($0).name }
        if !snapshot.pausedBecause.isEmpty {
            self = .paused(snapshot.pausedBecause)
        } else if !states.isEmpty, states.allSatisfy({ $0 == "quarantined" }) {
            self = .noDevice
        } else if !snapshot.isConnected {
            self = .disconnected
        } else if states.contains("working") {
            self = .mining
        } else {
            self = .preparing
        }
    }

    var name: String {
        switch self {
        case .mining: "mining"
        case .paused: "paused"
        case .disconnected: "disconnected"
        case .preparing: "preparing"
        case .noDevice: "failed"
        }
    }

    /// One sentence; `nil` while mining.
    var reason: String? {
        switch self {
        case .mining: nil
        case .paused(let reasons): PauseReason.sentence(reasons.compactMap(PauseReason.init))
        case .disconnected: "no connection to a pool or node"
        case .preparing: "no device works yet"
        case .noDevice: "every device has failed"
        }
    }

    /// The answer for service monitors: 200 while mining, else 503.
    ///
    /// - Parameters:
    ///   - withReason: false for a request that names another server. It may be another site's page.
    ///   - hasHistory: whether a file has the run's shares.
    func reply(withReason: Bool, hasHistory: Bool) -> Reply {
        Reply(
            self == .mining ? .ok : .serviceUnavailable,
            .fields([
                "status": .string(name), "reason": .optional(withReason ? reason : nil),
                "history": .optional(withReason ? (hasHistory ? "kept" : "not kept") : nil),
            ]))
    }
}
