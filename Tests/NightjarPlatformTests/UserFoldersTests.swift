import Foundation
import NightjarPlatform
import Testing

@Suite(.timeLimit(.minutes(5))) struct UserFoldersTests {
    @Test func theEnvironmentDecides() throws {
        func folders(_ variables: [String: String]) -> [String?] {
            [UserFolders.state { variables[$0] }, UserFolders.cache { variables[$0] }]
        }
        #expect(folders(["XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c", "HOME": "/home/a"]) == ["/s", "/c"])
        #expect(folders(["HOME": "/home/a"]) == ["/home/a/.local/state", "/home/a/.cache"])
        // Relative ones are to be ignored.
        #expect(
            folders(["XDG_STATE_HOME": "s", "XDG_CACHE_HOME": "c", "HOME": "/home/a"])
                == ["/home/a/.local/state", "/home/a/.cache"])
        // Without a home, or with a relative one, the user database knows.
        for variables in [[:], ["HOME": "home"]] as [[String: String]] {
            let (state, cache) = (folders(variables)[0], folders(variables)[1])
            #expect(state?.hasPrefix("/") == true && state?.hasSuffix("/.local/state") == true)
            #expect(cache?.hasPrefix("/") == true && cache?.hasSuffix("/.cache") == true)
        }
    }

    @Test func parentsAreMadeForTheUserAlone() throws {
        let root = NSTemporaryDirectory() + "nightjar-folders-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        try UserFolders.make(root + "/a//b/c/")
        try UserFolders.make(root + "/a/b/c")
        for folder in ["", "/a", "/a/b", "/a/b/c"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: root + folder)
            #expect(attributes[.type] as? FileAttributeType == .typeDirectory)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
        try UserFolders.make("/")
        try UserFolders.make("")
    }

    @Test func aTemporaryFolderIsNewAndForTheUserAlone() throws {
        let folders = try (0..<2).map { _ in try #require(UserFolders.makeTemporary("nightjar-test")) }
        defer { for folder in folders { try? FileManager.default.removeItem(atPath: folder) } }
        #expect(folders[0] != folders[1])
        for folder in folders {
            #expect(folder.hasPrefix("\(UserFolders.temporary)/nightjar-test-"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            #expect(try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int == 0o700)
        }
        #expect(UserFolders.makeTemporary("no/such/folder") == nil)
    }

    @Test func whatIsInTheWayIsNamed() throws {
        let root = NSTemporaryDirectory() + "nightjar-folders-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        try UserFolders.make(root)
        try Data().write(to: URL(fileURLWithPath: root + "/file"))
        let error = #expect(throws: UserFolders.Failure.self) { try UserFolders.make(root + "/file/a") }
        #expect(error?.path == root + "/file/a" && error?.description.hasPrefix("mkdir \(root)/file/a: ") == true)
        #expect(throws: UserFolders.Failure.self) { try UserFolders.make("/proc/nightjar/a") }
    }

    @Test func nothingIsMadeWhereOthersDecideWhatLiesAtThePath() throws {
        let root = NSTemporaryDirectory() + "nightjar-folders-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        try UserFolders.make(root + "/home")
        func refuses(_ words: String) {
            let error = #expect(throws: UserFolders.Failure.self) { try UserFolders.make(root + "/home/a/b") }
            #expect(error?.description == words)
        }
        chmod(root + "/home", 0o777)
        refuses("\(root)/home: other users may write it")
        if geteuid() == 0 {
            // As for root with a user's HOME.
            chmod(root + "/home", 0o755)
            chown(root + "/home", 1000, 1000)
            refuses("\(root)/home: it belongs to another user (uid 1000)")
            try UserFolders.make(root + "/elsewhere")
            try FileManager.default.removeItem(atPath: root + "/home")
            symlink("elsewhere", root + "/home")
            lchown(root + "/home", 1000, 1000)
            refuses("\(root)/home: it is a symbolic link of another user (uid 1000)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/elsewhere").isEmpty)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/home").isEmpty)
    }

    @Test func durationsInWholeUnits() {
        let time: Duration = .seconds(3) + .nanoseconds(2_999_999)
        #expect(time.inNanoseconds == 3_002_999_999 && time.inMilliseconds == 3002)
        #expect(
            (Duration.zero - time).inNanoseconds == -3_002_999_999 && (Duration.zero - time).inMilliseconds == -3002)
    }
}
