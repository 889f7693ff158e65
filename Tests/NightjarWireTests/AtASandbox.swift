import NightjarCore
import NightjarWire
import TestSupport

/// A suite whose clients log in at a sandbox pool, in a time of its own.
protocol AtASandbox {
    var time: FakeTime { get }
}

extension AtASandbox {
    func options(_ change: (inout UpstreamOptions) -> Void = { _ in }) -> UpstreamOptions {
        var options = UpstreamOptions(backoff: time.backoff)
        change(&options)
        return options
    }

    func pool(
        faults: Faults = Faults(), change: (inout SandboxConfiguration) -> Void = { _ in }
    ) -> SandboxPool {
        var configuration = SandboxConfiguration(
            algorithms: [.rx0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil, faults: faults)
        change(&configuration)
        return SandboxPool(configuration) { fakeProof($0) }
    }

    func client(_ url: PoolURL, _ options: UpstreamOptions) throws -> StratumClient {
        try StratumClient(url: url, login: Login(user: "u", password: "secret"), options: options)
    }
}
