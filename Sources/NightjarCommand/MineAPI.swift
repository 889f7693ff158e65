import Nightjar
import NightjarAPI
import NightjarCore
import NightjarMiner
import NightjarWire

extension RunSettings {
    /// Where the API is to listen, and for whom; `nil` where none is asked for. Read before anything is begun.
    func apiOptions() throws(CommandError) -> APIOptions? {
        guard let api else { return nil }
        do {
            return try APIOptions(address: APIAddress(api.listen), token: api.token)
        } catch { throw CommandError(SettingError(api.origin, error.description)) }
    }
}

extension MineRun {
    /// Starts the API, where one is asked for, and says where it is.
    func startAPI(_ statistics: Statistics, _ miner: Miner) async throws(CommandError) -> APIServer? {
        guard var options = try settings.apiOptions() else { return nil }
        options.version = Version.number
        options.worker = settings.pools.lazy.compactMap(\.rigID).first
        options.algorithms = Catalog.all.filter { algorithm in
            engine.devices.contains { engine.support(for: algorithm, on: $0.id) == .supported }
        }.map(\.name)
        let server: APIServer
        do {
            server = try await APIServer.start(options, snapshot: { statistics.snapshot() }, control: miner)
        } catch { throw CommandError(.badConfiguration, error.description) }
        // Where port 0 was asked for, this is the only place that names it.
        await miner.tell(.notice("API: \(server.url)"))
        return server
    }
}
