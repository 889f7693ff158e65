import Foundation
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct OwnFolderTests {
    typealias Scratch = OwnFileTests.Scratch

    @Test func aFolderIsOnesOwnAndOthersMayNotWriteIt() throws {
        let scratch = try Scratch()
        for bits in 0..<64 {
            let mode = 0o700 | mode_t(bits)
            chmod(scratch.path, mode)
            let fault = OwnFolder.fault(scratch.path)
            #expect((fault == nil) == (mode & 0o022 == 0), "mode \(String(mode, radix: 8))")
            if let fault { #expect("\(fault)" == "\(scratch.path): other users may write it") }
        }
        // The sticky bit lets others add files.
        chmod(scratch.path, 0o1777)
        #expect(OwnFolder.fault(scratch.path)?.reason == .othersMayWrite)
        if geteuid() == 0 {
            chmod(scratch.path, 0o700)
            chown(scratch.path, 1000, 1000)
            #expect(OwnFolder.fault(scratch.path)?.reason == .belongsTo(1000))
            // Nor is anything made in another user's folder.
            #expect(OwnFolder.fault(scratch.path + "/a/b") == FileError(scratch.path, .belongsTo(1000)))
            #expect(throws: FileError(scratch.path, .belongsTo(1000))) { try OwnFolder.making(scratch.path + "/a/b") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
        }
    }

    @Test func aLinkToAFolderMustBelongToTheUser() throws {
        let scratch = try Scratch()
        let (folder, link) = (scratch.path + "/folder", scratch.path + "/link")
        try UserFolders.make(folder)
        // As systemd does it for a user that exists only while the service runs.
        symlink("folder", link)
        #expect(OwnFolder.fault(link) == nil && OwnFolder.fault(link + "/") == nil)
        chmod(folder, 0o770)
        #expect(OwnFolder.fault(link)?.reason == .othersMayWrite)
        chmod(folder, 0o700)
        symlink(link, scratch.path + "/second")
        #expect(OwnFolder.fault(scratch.path + "/second")?.reason == .isSymbolicLink, "a link to a link")
        if geteuid() == 0 {
            lchown(link, 1000, 1000)
            #expect(OwnFolder.fault(link)?.reason == .isSymbolicLink)
            #expect(OwnFolder.fault(link + "/")?.reason == .isSymbolicLink, "a slash at the end follows no link")
        }
    }

    @Test func nobodyElseDecidesWhereThePathLeads() throws {
        let scratch = try Scratch()
        let (above, folder) = (scratch.path + "/above", scratch.path + "/above/in/folder")
        try UserFolders.make(folder)
        try Data().write(to: URL(fileURLWithPath: folder + "/file"))
        symlink(folder, scratch.path + "/link")
        func faults() -> [FileError?] {
            func fault(_ body: () throws(FileError) -> Void) -> FileError? {
                do { try body() } catch { return error }
                return nil
            }
            return [
                OwnFolder.fault(folder), OwnFolder.fault(scratch.path + "/link"),
                OwnFolder.fault(folder + "/missing/too"),
                fault { () throws(FileError) in
                    _ = try OwnFolder.making(folder + "/new/too")
                }, fault { () throws(FileError) in _ = try OwnFile(folder + "/file", .log, for: .reading) },
            ]
        }
        for mode: mode_t in [0o770, 0o702, 0o777] {
            chmod(above, mode)
            let words = FileError(above, .othersMayWrite)
            #expect(faults() == [FileError?](repeating: words, count: 5), "\(faults())")
            #expect(!PathSteps.areOurs(folder))
        }
        if geteuid() == 0 {
            chmod(above, 0o755)
            chown(above, 1000, 1000)
            let words = FileError(above, .belongsTo(1000))
            #expect(faults() == [FileError?](repeating: words, count: 5), "\(faults())")
            #expect(!PathSteps.areOurs(folder))
            chown(above, 0, 0)
            // By a link of another user's, on the way or above what a link leads to.
            rename(above, scratch.path + "/real")
            symlink("real", above)
            #expect(faults() == [FileError?](repeating: nil, count: 5), "\(faults())")
            rmdir(folder + "/new/too")
            rmdir(folder + "/new")
            lchown(above, 1000, 1000)
            let link = FileError(above, .isLinkOf(1000))
            #expect(faults() == [FileError?](repeating: link, count: 5), "\(faults())")
            #expect("\(link)" == "\(above): it is a symbolic link of another user (uid 1000)")
            unlink(above)
            rename(scratch.path + "/real", above)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
        // The sticky bit keeps others from replacing folders.
        chmod(above, 0o1777)
        #expect(PathSteps.areOurs(folder) && !PathSteps.areOurs(folder + "/missing"))
        #expect(faults() == [FileError?](repeating: nil, count: 5), "\(faults())")
    }

    @Test func whatIsNoFolderIsSaid() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/file"
        try Data().write(to: URL(fileURLWithPath: path))
        #expect("\(try #require(OwnFolder.fault(path)))" == "\(path): it is not a directory")
        unlink(path)
        mkfifo(path, 0o600)
        #expect("\(try #require(OwnFolder.fault(path)))" == "\(path): it is not a directory")
        #expect(OwnFolder.fault(scratch.path + "/missing/too") == nil, "it can be made")
        #expect(throws: FileError.self) { try OwnFolder.making("/dev/null/nowhere") }
    }

    @Test func aFileIsReplacedWhole() throws {
        let scratch = try Scratch()
        let folder = try OwnFolder.making(scratch.path + "/a/b")
        #expect(permissions(folder.path) == 0o700)
        try folder.replace("file", .program, with: [1])
        #expect(permissions(folder.path + "/file") == 0o600)
        // Whatever has the name goes; what it leads to stays.
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: [7])
        unlink(folder.path + "/file")
        symlink(outside.file, folder.path + "/file")
        try folder.replace("file", .program, with: [2, 3])
        #expect(try folder.read("file", .program) == [2, 3] && outside.isUntouched)
        #expect(throws: FileError.self) {
            _ = try folder.folder("sub", making: true)
            try folder.replace("sub", .program, with: [4])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["file", "sub"])
    }

    @Test func namesDoNotLeaveTheFolder() throws {
        let scratch = try Scratch()
        let folder = try OwnFolder.making(scratch.path + "/a")
        try OwnFolder(scratch.path).replace("file", .program, with: [1])
        for name in ["../file", "/etc/passwd", "", "b/../../file"] {
            #expect(throws: FileError.self) { try folder.read(name, .program) }
            #expect(throws: FileError.self) { try folder.replace(name, .program, with: [2]) }
            #expect(throws: FileError.self) { try folder.makePrivate(name, .ledger, making: true) }
            folder.remove(name)
        }
        #expect(try OwnFolder(scratch.path).read("file", .program) == [1])
    }

    @Test func whoPutsAnotherFolderInItsPlaceChangesNothing() throws {
        let scratch = try Scratch()
        let folder = try OwnFolder.making(scratch.path + "/a")
        try folder.replace("file", .program, with: [1])
        rename(scratch.path + "/a", scratch.path + "/b")
        try OwnFolder.making(scratch.path + "/a").replace("file", .program, with: [2])
        #expect(try folder.read("file", .program) == [1])
        try folder.replace("file", .program, with: [3])
        folder.remove("other")
        #expect(try OwnFolder(scratch.path + "/a").read("file", .program) == [2])
        #expect(try OwnFolder(scratch.path + "/b").read("file", .program) == [3])
    }

    @Test func theOldestNamesComeFirst() throws {
        let scratch = try Scratch()
        let folder = try OwnFolder(scratch.path)
        for (age, name) in ["c.x", "a.x", "b.x", "d.y"].enumerated() {
            try folder.replace(name, .program, with: [])
            var times = [timeval(tv_sec: 1000 + age, tv_usec: 0), timeval(tv_sec: 1000 + age, tv_usec: 0)]
            #expect(utimes("\(scratch.path)/\(name)", &times) == 0)
        }
        #expect(folder.names(endingIn: ".x") == ["c.x", "a.x", "b.x"])
    }
}
