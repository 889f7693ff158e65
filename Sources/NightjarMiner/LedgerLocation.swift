import NightjarPlatform

/// The ledger's standard place.
package enum LedgerLocation {
    /// `$XDG_STATE_HOME/nightjar/shares.sqlite`, or below `~/.local/state`.
    ///
    /// - Throws: ``LedgerError`` when neither the environment nor the user database knows a home directory.
    package static func standard(
        environment: (String) -> String? = UserFolders.variable
    ) throws(LedgerError) -> String {
        guard let state = UserFolders.state(environment: environment) else {
            throw LedgerError(path: "shares.sqlite", reason: "no home directory is known; set XDG_STATE_HOME")
        }
        return state + "/nightjar/shares.sqlite"
    }

    /// Makes the directory of `path` and its parents, for the user alone.
    package static func makeDirectory(of path: String) throws(LedgerError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        do { try UserFolders.make(path[..<slash]) } catch { throw LedgerError(path: path, reason: "\(error)") }
    }
}
