/// What a file must be like before it is used: one row for each kind of file that Nightjar opens for itself.
///
/// The table "Files" in docs/operating.md says the same for users.
package struct FileRules: Sendable {
    package enum Care: Sendable {
        /// It is loaded as code, or decides how code runs. It must be a regular file of the effective user with one
        /// name, and only that user may have been able to write it. Otherwise it counts as absent. A
        /// checksum cannot replace this: a user who can write the file can write a checksum that fits.
        case trusted
        /// It tells who mines where. It must be a regular file of the effective user with one name; where others may
        /// read it, it gets the mode 0600.
        case personal
        /// The user chose it, and may mean a link or a pipe: `/etc` has links, mounted secrets are links, and a shell
        /// passes pipes. What other users may do with it is a warning.
        case named
    }

    let care: Care
    /// The most bytes that are read.
    package let mostBytes: Int

    /// Whether it is refused when others may write it. A new mode would not undo what they wrote.
    let refusesWritable: Bool
    let mustBeEmpty: Bool
    /// Whether it is sent to another program as it is read. Then it must not be any file that another user chose: only
    /// this user, root and the file's owner may decide what lies at the path.
    let isSentOn: Bool

    private init(
        _ care: Care, mostBytes: Int = 0, refusesWritable: Bool = false, mustBeEmpty: Bool = false,
        isSentOn: Bool = false
    ) {
        self.care = care
        self.mostBytes = mostBytes
        self.refusesWritable = refusesWritable || care == .trusted
        self.mustBeEmpty = mustBeEmpty
        self.isSentOn = isSentOn
    }

    /// A program as the driver's binary. No program is nearly as large.
    package static let program = FileRules(.trusted, mostBytes: 256 << 20)
    /// The mark of a program that is being loaded.
    package static let loadMark = FileRules(.trusted)
    /// Settings that `tune` found.
    package static let tuning = FileRules(.trusted, mostBytes: 1 << 20)
    /// The rates that `bench --keep` measured.
    package static let rates = FileRules(.personal, mostBytes: 1 << 20, refusesWritable: true)
    /// The name of a driver, in a temporary folder that the OpenCL loader reads.
    package static let driverList = FileRules(.trusted)
    /// The ledger of shares, and SQLite's `-wal` and `-shm` beside it.
    package static let ledger = FileRules(.personal, refusesWritable: true)
    /// SQLite's `-journal` beside the ledger. The ledger has a `-wal` instead, so that only an attacker, or a crash when
    /// the ledger was made, leaves one with contents. It can name other files, which SQLite then deletes.
    package static let journal = FileRules(.personal, refusesWritable: true, mustBeEmpty: true)
    /// The lock of a run.
    package static let runLock = FileRules(.personal)
    /// The log file, and the one before it. Nothing reads them, so one that others could write is only made private.
    package static let log = FileRules(.personal)
    /// A configuration: a page or two.
    package static let configuration = FileRules(.named, mostBytes: 1 << 20)
    /// A password or a token: its first line.
    package static let secret = FileRules(.named, mostBytes: 1 << 20)
    /// A login that a node writes for its users: a line. The node's user may be another one.
    package static let login = FileRules(.named, mostBytes: 1 << 10, isSentOn: true)
    /// A report that the user asked for, written or read again.
    package static let report = FileRules(.named, mostBytes: 64 << 20)
}
