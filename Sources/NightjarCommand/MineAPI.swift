import Nightjar
import NightjarAPI
import NightjarCore
import NightjarMiner
import NightjarWire

extension RunSettings {
    /// The API's options; `nil` when the user wants no API. They are read before anything starts.
    func apiOptions() throws(CommandError) -> APIOptions? {
        guard let api else { return nil }
        var options: APIOptions
        do {
            options = try APIOptions(address: APIAddress(api.listen), token: api.token)
        } catch { throw CommandError(SettingError(api.origin, error.description)) }
        do { try options.allow(hosts: api.hosts) } catch {
            throw CommandError(SettingError(api.originOfHosts, error.description))
        }
        return options
    }
}

extension MineRun {
    /// Starts the API, if the user wants one, and reports its address.
    func startAPI(
        _ statistics: Statistics, _ miner: Teams, _ following: ConfigurationFollower
    ) async throws(CommandError) -> APIServer? {
        guard var options = try settings.apiOptions() else { return nil }
        options.version = Version.number
        options.worker = settings.pools.lazy.compactMap(\.rigID).first
        options.configuration = { following.configuration }
        options.algorithms = Catalog.all.filter { algorithm in
            engine.devices.contains { engine.support(for: algorithm, on: $0.id) == .supported }
        }.map(\.name)
        let server: APIServer
        do {
            server = try await APIServer.start(options, snapshot: { statistics.snapshot() }, control: miner)
        } catch { throw CommandError(.badConfiguration, error.description) }
        // For port 0, only this line tells the real port.
        await miner.tell(.notice("API: \(server.url)"))
        return server
    }
}
