import NightjarMiner

/// Where a run's settings come from, so that they can be had again when the file has changed.
struct SettingSources: Sendable {
    /// The configuration file.
    let path: String?
    private let flags: SettingLayer

    init(path: String?, flags: SettingLayer) {
        self.path = path
        self.flags = flags
    }

    /// All that was said, from the file up to the flags, and what should be known of the file.
    func read() throws(SettingError) -> (settings: Settings, warnings: [String]) {
        var settings = Settings()
        var warnings: [String] = []
        if let path {
            let file = try ConfigurationFile(path: path)
            try settings.lay(file.layer)
            warnings = file.warnings
        }
        try settings.lay(SettingLayer(environment: LedgerLocation.variable))
        try settings.lay(flags)
        return (settings, warnings)
    }
}
