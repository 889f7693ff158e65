import Foundation
import NightjarPlatform
import TestSupport
import Testing

/// The one door through which files are opened.
@Suite(.timeLimit(.minutes(5))) struct OwnFileTests {
    /// A folder of its own, removed at the end.
    final class Scratch {
        let path = NSTemporaryDirectory() + "nightjar-files-\(UUID().uuidString)"
        init() throws { try UserFolders.make(path) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    static let good = Array("one line\n".utf8)

    /// Plants each hostile file, opens it, and checks what all places promise: no file elsewhere changes, and a refusal
    /// is one line.
    ///
    /// - Returns: how many were tried, and how many were refused.
    static func tryAll(
        header: Int = 9, _ open: (_ path: String) throws -> Void, mayUse: (HostileFile) -> Bool
    ) throws -> (tried: Int, refused: Int) {
        let scratch = try Scratch()
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: good)
        var generator = SeededGenerator(seed: 15)
        let all = HostileFile.all(good: good, header: header, &generator)
        var refused = 0
        for (number, hostile) in all.enumerated() {
            let folder = "\(scratch.path)/\(number)"
            try UserFolders.make(folder)
            let path = folder + "/file"
            try hostile.plant(at: path, outside: outside)
            do {
                try open(path)
                #expect(mayUse(hostile), "\(hostile) is used")
            } catch let error as FileError {
                refused += 1
                #expect(!mayUse(hostile), "\(hostile): \(error)")
                #expect(error.description.hasPrefix(path + ": ") && !error.description.contains("\n"), "\(error)")
            }
            #expect(outside.isUntouched, "\(hostile)")
        }
        return (all.count, refused)
    }

    @Test func aTrustedFileIsOnesOwnAndNobodyElseCouldHaveWrittenIt() throws {
        for rules in [FileRules.program, .tuning] {
            let (tried, refused) = try Self.tryAll {
                let contents = try OwnFile($0, rules, for: .reading).contents(rules)
                // A limit for the whole.
                #expect(contents.count <= 10 << 20)
            } mayUse: {
                guard case .file(let contents, _, let owner) = $0.kind else { return false }
                return owner == nil && $0.othersMay & 0o022 == 0 && (rules.isLong || contents.count <= 1 << 20)
            }
            // 48 of the 64 modes let others write.
            #expect(tried >= 100 && refused >= 48 + 8, "\(tried) tried, \(refused) refused")
        }
    }

    @Test(arguments: [OwnFile.Use.appending, .locking, .lockingExisting, .reading])
    func aPersonalFileIsOnesOwnAndBecomesPrivate(_ use: OwnFile.Use) throws {
        let (tried, refused) = try Self.tryAll {
            _ = try OwnFile($0, .log, for: use)
            #expect(permissions($0) == 0o600)
        } mayUse: {
            $0.isRegular && !$0.isOthers
        }
        #expect(tried >= 100 && refused == (geteuid() == 0 ? 12 : 8), "\(tried) tried, \(refused) refused")
    }

    @Test func whatTheUserNamedMayBeALinkButIsBoundedAndNeverHangs() throws {
        let (tried, _) = try Self.tryAll { path in
            _ = try OwnFile(path, .secret, for: .reading).contents(.secret, seconds: 0)
        } mayUse: {
            switch $0.kind {
            // The device is the null device.
            case .linkToFile, .hardLink, .device: true
            case .file(let contents, let mode, let owner):
                contents.count <= 1 << 20 && (geteuid() == 0 || owner == nil || mode & 0o004 != 0)
            case .pipe, .socket, .folder, .danglingLink, .linkLoop, .linkToFolder: false
            }
        }
        #expect(tried >= 100)
    }

    @Test func aNewFileIsPrivate() throws {
        let scratch = try Scratch()
        for (number, use) in [OwnFile.Use.appending, .locking, .creating].enumerated() {
            let path = "\(scratch.path)/\(number)"
            _ = try OwnFile(path, .log, for: use)
            #expect(permissions(path) == 0o600)
        }
        #expect(throws: FileError("\(scratch.path)/2", .system(EEXIST))) {
            _ = try OwnFile("\(scratch.path)/2", .log, for: .creating)
        }
        #expect(throws: FileError("\(scratch.path)/none", .system(ENOENT))) {
            _ = try OwnFile("\(scratch.path)/none", .log, for: .reading)
        }
    }

    @Test func eachRefusalHasItsReason() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/file"
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: Self.good)
        func reason(_ rules: FileRules = .program, _ body: () throws -> Void) throws -> String? {
            unlink(path)
            rmdir(path)
            try body()
            do { _ = try OwnFile(path, rules, for: .reading).contents(rules) } catch { return "\(error.reason)" }
            return nil
        }
        #expect(try reason { mkfifo(path, 0o600) } == "it is a pipe")
        #expect(try reason { mknod(path, S_IFSOCK | 0o600, 0) } == "it is a socket")
        #expect(try reason { mkdir(path, 0o700) } == "it is a directory")
        #expect(try reason(.secret) { mkdir(path, 0o700) } == "it is a directory")
        #expect(try reason { symlink(outside.file, path) } == "it is a symbolic link")
        #expect(try reason(.secret) { symlink(path, path) } == "Too many levels of symbolic links")
        #expect(try reason { link(outside.file, path) } == "it has another hard link")
        func write(_ count: Int, _ mode: Int) throws {
            let data = Data(repeating: 0x41, count: count)
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: data, attributes: [.posixPermissions: mode]))
        }
        #expect(try reason { try write(3, 0o620) } == "other users may write it")
        #expect(try reason(.secret) { try write(1 << 20 + 1, 0o600) } == "it is longer than 1 MiB")
        #expect(try reason(.secret) { try write(1 << 20, 0o600) } == nil)
        if geteuid() == 0 {
            #expect(
                try reason {
                    try write(3, 0o600)
                    chown(path, 1000, 1000)
                } == "it belongs to another user (uid 1000)")
            #expect(try reason { mknod(path, S_IFCHR | 0o600, 0x103) } == "it is a device")
        }
    }

    @Test func aPipeIsReadToItsEndOrGivenUp() async throws {
        let scratch = try Scratch()
        let path = scratch.path + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError(path, .isSilent(seconds: 0))) {
            try OwnFile(path, .secret, for: .reading).contents(.secret, seconds: 0)
        }
        // The writer comes after the reader, and writes more than the pipe holds.
        let text = [UInt8](repeating: 0x61, count: 300_000)
        let file = try OwnFile(path, .secret, for: .reading)
        let reader = Task.detached { try file.contents(.secret, seconds: 100) }
        try await Task.detached {
            let writer = try OwnFile(path, .report, for: .overwriting)
            #expect(text.withUnsafeBytes { writeAll($0, to: writer.descriptor) } == 0)
        }.value
        #expect(try await reader.value == text)
        // A writer that has ended already, as behind `<(…)`.
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0 && text[..<9].withUnsafeBytes { writeAll($0, to: ends[1]) } == 0)
        close(ends[1])
        let read = try OwnFile("/dev/fd/\(ends[0])", .secret, for: .reading).contents(.secret, seconds: 100)
        #expect(read.count == 9)
        close(ends[0])
    }

    @Test func whoCanChangeWhatTheUserNamedIsSaid() throws {
        let scratch = try Scratch()
        let folder = scratch.path + "/folder"
        let path = folder + "/file"
        try UserFolders.make(folder)
        try Data().write(to: URL(fileURLWithPath: path))
        func warning(_ file: mode_t, _ inFolder: mode_t) throws -> String? {
            chmod(path, file)
            chmod(folder, inFolder)
            return try OwnFile(path, .configuration, for: .reading).warningAboutWriters()
        }
        for mode: mode_t in [0o600, 0o644, 0o640] { #expect(try warning(mode, 0o755) == nil) }
        for mode: mode_t in [0o620, 0o602, 0o666] {
            #expect(try warning(mode, 0o700) == "other users of this machine may change \(path): chmod go-w \(path)")
        }
        for mode: mode_t in [0o770, 0o777, 0o702] {
            #expect(
                try warning(0o600, mode) == "other users of this machine may replace \(path): chmod go-w \(folder)")
        }
        #expect(try warning(0o600, 0o1777) == nil, "the sticky bit keeps others from replacing it")
        chmod(scratch.path, 0o777)
        #expect(
            try warning(0o600, 0o755) == "other users of this machine may replace \(path): chmod go-w \(scratch.path)")
        chmod(scratch.path, 0o700)
        let link = scratch.path + "/link"
        func warningByLink() throws -> String? {
            try OwnFile(link, .configuration, for: .reading).warningAboutWriters()
        }
        symlink(path, link)
        #expect(try warning(0o600, 0o755) == nil && warningByLink() == nil)
        chmod(folder, 0o777)
        #expect(
            try warningByLink() == "other users of this machine may replace \(link): chmod go-w \(folder)",
            "the folder of what the link leads to")
        if geteuid() == 0 {
            chmod(folder, 0o755)
            lchown(link, 1000, 1000)
            #expect(try warningByLink() == "another user (uid 1000) may replace \(link), by the link \(link)")
            chown(folder, 1000, 1000)
            #expect(
                try warning(0o600, 0o755)
                    == "another user (uid 1000) may replace \(path), as the owner of \(folder)")
            chown(folder, 0, 0)
        }
        if geteuid() == 0 {
            chown(path, 1000, 1000)
            #expect(
                try warning(0o600, 0o700)
                    == "\(path) belongs to another user (uid 1000), who may change it: chown it")
        }
    }

    @Test func aReportIsReplacedWholeOrWrittenWhereItLeads() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/report"
        func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
        func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()) ?? [] }
        let output = try NamedOutput(path)
        #expect(names().isEmpty, "nothing is made before it is written")
        try output.write("first")
        #expect(text(path) == "first" && names() == ["report"])
        chmod(path, 0o640)
        // A reader of the old file keeps it.
        let old = try #require(FileHandle(forReadingAtPath: path))
        try NamedOutput(path).write("2nd")
        #expect(text(path) == "2nd" && permissions(path) == 0o640)
        #expect(old.readDataToEndOfFile() == Data("first".utf8))
        // Through a link, into the file that it leads to, which is cut.
        symlink(path, scratch.path + "/link")
        try NamedOutput(scratch.path + "/link").write("3")
        #expect(text(path) == "3" && names() == ["link", "report"])
        // Another name of the file stays one.
        link(path, scratch.path + "/name")
        try NamedOutput(path).write("4")
        #expect(text(scratch.path + "/name") == "4")
        try NamedOutput("/dev/null").write("5")
        #expect(throws: FileError("/nowhere/at/all", .system(ENOENT))) { try NamedOutput("/nowhere/at/all") }
        #expect(throws: FileError(scratch.path, .isFolder)) { try NamedOutput(scratch.path) }
        mkfifo(scratch.path + "/pipe", 0o600)
        #expect(throws: FileError(scratch.path + "/pipe", .hasNoReader)) { try NamedOutput(scratch.path + "/pipe") }
    }

    /// A benchmark takes minutes, and who may write the parent can put another folder into the folder's place.
    @Test func aFolderThatIsReplacedMeanwhileGetsNoReport() throws {
        let scratch = try Scratch()
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: Self.good)
        let folder = scratch.path + "/folder"
        try UserFolders.make(folder)
        let output = try NamedOutput(folder + "/victim")
        rename(folder, scratch.path + "/moved")
        symlink(outside.path, folder)
        try output.write("report")
        #expect(outside.isUntouched)
        #expect(FileManager.default.contents(atPath: scratch.path + "/moved/victim") == Data("report".utf8))
    }

    @Test func aReportIsNotWrittenThroughAnotherUsersLinkOrToTheirFile() throws {
        // Only root can make what belongs to another user.
        guard geteuid() == 0 else { return }
        let scratch = try Scratch()
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: Self.good)
        let (link, folder) = (scratch.path + "/link", scratch.path + "/folder")
        symlink(outside.path, folder)
        lchown(folder, 1000, 1000)
        for target in [outside.file, outside.path + "/new"] {
            unlink(link)
            symlink(target, link)
            lchown(link, 1000, 1000)
            #expect(throws: FileError(link, .isLinkOf(1000))) { try NamedOutput(link) }
        }
        for name in ["victim", "new"] {
            #expect(throws: FileError(folder, .isLinkOf(1000))) { try NamedOutput("\(folder)/\(name)") }
        }
        #expect(outside.isUntouched)
        let theirs = scratch.path + "/theirs"
        try Data(Self.good).write(to: URL(fileURLWithPath: theirs))
        chown(theirs, 1000, 1000)
        #expect(throws: FileError(theirs, .belongsTo(1000))) { try NamedOutput(theirs) }
        #expect(FileManager.default.contents(atPath: theirs) == Data(Self.good))
        // Their pipe has a reader, who would get the report, or keep it waiting.
        let pipe = scratch.path + "/pipe"
        mkfifo(pipe, 0o666)
        chown(pipe, 1000, 1000)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        #expect(throws: FileError(pipe, .belongsTo(1000))) { try NamedOutput(pipe) }
        // Standard output may be anything: it was open before the program began.
        let descriptor = open(theirs, O_WRONLY | O_CLOEXEC)
        try NamedOutput("/dev/fd/\(descriptor)").write("5")
        #expect(FileManager.default.contents(atPath: theirs) == Data("5".utf8))
        close(descriptor)
    }
}

extension FileRules {
    /// Whether it takes 10 MiB.
    fileprivate var isLong: Bool { mostBytes > 10 << 20 }
}
