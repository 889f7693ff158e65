import NightjarCore
import NightjarDevices

/// What a benchmark measures, and how.
struct BenchRun: Sendable {
    let algorithm: Algorithm
    let device: DeviceID
    let settings: TuningSettings?
    let randomX: RandomXMode
    let cancellation: Cancellation
    let setup: (@Sendable (Double) -> Void)?
    let progress: (@Sendable (Int) -> Void)?

    func plan(_ backend: any Backend, threads: Int?, settles: Bool) throws -> LanePlan {
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            throw NightjarError.unsupported(algorithm: algorithm.name, device: device, reason: reason)
        }
        guard let settings else {
            return try backend.plan(algorithm, on: device, threads: threads, settles: settles)
        }
        guard let tunable = backend as? any TunableBackend else {
            throw NightjarError.argument("has no launch settings")
        }
        let known = tunable.defaultSettings(algorithm, on: device)
        if let name = settings.values.keys.sorted().first(where: { known[$0] == nil }) {
            throw NightjarError.argument("has no setting '\(name)' for \(algorithm); it has \(known)")
        }
        return try tunable.plan(algorithm, on: device, settings: settings)
    }
}

extension BenchLength {
    /// - Throws: ``NightjarError`` for what cannot be measured.
    func check() throws(NightjarError) {
        switch self {
        case .hashes(let count):
            guard (1...(1 << 32)).contains(count) else {
                throw .argument("a benchmark takes 1 to 2^32 hashes, not \(count)")
            }
        case .seconds(let seconds):
            guard seconds > 0, seconds < 1e9 else { throw .argument("a benchmark can't take \(seconds) seconds") }
        }
    }

    /// The number of hashes, if it is known before.
    var hashes: UInt64? {
        if case .hashes(let count) = self { UInt64(exactly: count) } else { nil }
    }
}
