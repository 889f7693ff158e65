import NightjarMiner
import NightjarPlatform

/// The sources of a run's settings. They are read again when the file has changed.
struct SettingSources: Sendable {
    /// The configuration file.
    let path: String?
    /// Another miner's configuration; it is read once.
    private let foreign: XmrigConfiguration?
    private let flags: SettingLayer

    init(path: String?, foreign: XmrigConfiguration? = nil, flags: SettingLayer) {
        self.path = path
        self.foreign = foreign
        self.flags = flags
    }

    /// Reads the file, then the environment, then the flags; each replaces the values before it. The warnings are about
    /// the file.
    func read() throws(SettingError) -> (settings: Settings, warnings: [String]) {
        var settings = Settings()
        var warnings: [String] = []
        if let path {
            let file = try ConfigurationFile(path: path)
            try settings.lay(file.layer)
            warnings = file.warnings
        }
        if let foreign {
            try settings.lay(foreign.layer)
            warnings += foreign.warnings
        }
        try settings.lay(SettingLayer(environment: UserFolders.variable))
        try settings.lay(flags)
        return (settings, warnings)
    }
}
