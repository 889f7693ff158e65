import NightjarPlatform

/// Where a run keeps its shares.
package enum LedgerPlace: Sendable, Hashable {
    /// ``LedgerLocation/standard(environment:)``.
    case standard
    case file(String)
    /// In memory, until the run ends.
    case memory

    /// - Parameter text: a path, or `none`.
    package init(_ text: String) { self = text == "none" ? .memory : .file(text) }

    /// The path of the file; `nil` for none.
    package func path(environment: (String) -> String? = UserFolders.variable) throws(LedgerError) -> String? {
        switch self {
        case .standard: try LedgerLocation.standard(environment: environment)
        case .file(let path): path
        case .memory: nil
        }
    }
}

/// A run's ledger. Mining is worth more than its history: where no file can be written, the shares are kept in memory,
/// and the user is told.
package struct RunLedger: Sendable {
    package let ledger: ShareLedger
    /// Why the shares are lost at the end of the run; `nil` when a file has them.
    package let fault: String?
    /// What the user should know, one sentence each.
    package private(set) var notices: [String] = []

    /// Rows in memory are for the reports of the run alone.
    private static let mostRowsInMemory = 10_000

    /// - Throws: ``LedgerError`` when SQLite does not work at all.
    package init(_ place: LedgerPlace, environment: (String) -> String? = UserFolders.variable) throws(LedgerError) {
        do {
            guard let path = try place.path(environment: environment) else {
                ledger = try .inMemory(mostRows: Self.mostRowsInMemory)
                fault = "the ledger is off"
                return
            }
            // Another file that a user named is not renamed, whatever it is.
            let (opened, aside) = try Self.open(path, setsAside: place == .standard)
            (ledger, fault) = (opened, nil)
            if let aside { notices.append(aside) }
        } catch {
            ledger = try .inMemory(mostRows: Self.mostRowsInMemory)
            fault = error.description
            notices.append("mining without a history: \(error)")
        }
    }

    /// Opens the ledger. One that cannot be read is renamed, and a new one is made.
    ///
    /// - Returns: the ledger, and a sentence about the old one.
    private static func open(
        _ path: String, setsAside: Bool
    ) throws(LedgerError) -> (ledger: ShareLedger, aside: String?) {
        do { return (try ShareLedger(path: path), nil) } catch {
            guard error.isDamaged, setsAside else { throw error }
            let new = try LedgerFiles.setAside(path)
            return (try ShareLedger(path: path), "\(error); it is now \(new), and a new ledger has begun")
        }
    }
}
