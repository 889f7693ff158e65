import Foundation
import NightjarPlatform
import TestSupport
import Testing

/// Passwords, tokens and logins in files.
@Suite(.timeLimit(.minutes(5))) struct SecretFileTests {
    typealias Scratch = OwnFileTests.Scratch

    private static func write(_ text: String, _ path: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
    }

    private static let both: [FileRules] = [.secret, .login]

    @Test func itIsTheFirstLine() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/file"
        for rules in Self.both {
            for (text, secret) in [("a:b\n", "a:b"), ("a:b", "a:b"), ("é ü\r\nrest\u{1}", "é ü"), (" x ", " x ")] {
                try Self.write(text, path)
                let file = try SecretFile(path, rules)
                #expect(file.text == secret && file.warnings.isEmpty)
            }
            for text in ["", "\n", "\nsecond"] {
                try Self.write(text, path)
                #expect(throws: FileError(path, .holdsNoSecret)) { try SecretFile(path, rules) }
            }
            for control in ["\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\t"] {
                try Self.write("a:b\(control)c", path)
                #expect(throws: FileError(path, .holdsControlCharacters)) { try SecretFile(path, rules) }
            }
        }
    }

    /// A login is a line, and no file of megabytes is read for it.
    @Test func aLoginIsShort() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/file"
        try Self.write(String(repeating: "a", count: 1024), path)
        #expect(try SecretFile(path, .login).text.count == 1024)
        try Self.write(String(repeating: "a", count: 1025), path)
        let error = #expect(throws: FileError.self) { try SecretFile(path, .login) }
        #expect(error?.description == "\(path): it is longer than 1024 bytes")
        #expect(try SecretFile(path).text.count == 1025)
    }

    @Test func whoMayReadOrChangeItIsSaid() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/file"
        for rules in Self.both {
            for bits in 0..<64 {
                try Self.write("a:b", path, mode: 0o600 | mode_t(bits))
                let isRead = bits & 0o044 != 0
                let isWritten = bits & 0o022 != 0
                let warnings = try SecretFile(path, rules).warnings
                #expect(warnings.count == (isRead ? 1 : 0) + (isWritten ? 1 : 0), "\(warnings)")
                #expect(warnings.contains(SecretFile.warning(path)) == isRead)
                #expect(warnings.contains { $0.contains("may change \(path)") } == isWritten)
            }
        }
    }

    /// Otherwise another user chooses which file of this user's is sent to the node.
    @Test func noOtherUserDecidesWhichFileIsSent() throws {
        // Only root can make what belongs to another user.
        guard geteuid() == 0 else { return }
        let scratch = try Scratch()
        chmod(scratch.path, 0o755)
        let (folder, own) = (scratch.path + "/theirs", scratch.path + "/own")
        try Self.write("my:secret", own)
        try UserFolders.make(folder)
        func refused(_ path: String, _ what: Comment) -> FileError? {
            #expect(throws: FileError.self, what) { try SecretFile(path, .login) }
        }
        // A link of theirs to a file of ours, in their folder and in ours, and in one where all may make files.
        let link = folder + "/cookie"
        symlink(own, link)
        lchown(link, 65534, 65534)
        chown(folder, 65534, 65534)
        #expect(refused(link, "a link in their folder") == FileError(folder, .belongsTo(65534)))
        chown(folder, 0, 0)
        #expect(refused(link, "their link in our folder") == FileError(link, .isLinkOf(65534)))
        chmod(folder, 0o1777)
        #expect(refused(link, "their link where all may make files") == FileError(link, .isLinkOf(65534)))
        // A link of ours in a folder that others may write.
        lchown(link, 0, 0)
        chmod(folder, 0o777)
        #expect(refused(link, "a link that they can replace") == FileError(folder, .othersMayWrite))
        chmod(folder, 0o755)
        #expect(try SecretFile(link, .login).text == "my:secret", "a link of ours")
        // Our file in their folder.
        unlink(link)
        try Self.write("my:other", link)
        chown(folder, 65534, 65534)
        #expect(refused(link, "our file in their folder") == FileError(folder, .belongsTo(65534)))
        // The passwords that the user wrote into a file are only warned of, as before.
        #expect(try SecretFile(link).warnings.count == 1)
    }

    /// bitcoind's own user writes the cookie; the miner's user may be another one, in its group.
    @Test func aNodesOwnUserIsTrustedWithItsLogin() throws {
        guard geteuid() == 0 else { return }
        let scratch = try Scratch()
        chmod(scratch.path, 0o755)
        let folder = scratch.path + "/bitcoin"
        let path = folder + "/.cookie"
        try UserFolders.make(folder)
        try Self.write("__cookie__:x", path, mode: 0o640)
        chown(path, 1000, 1000)
        chown(folder, 1000, 1000)
        let words = "\(path) belongs to another user (uid 1000), who may change it"
        for mode: mode_t in [0o600, 0o640, 0o440] {
            chmod(path, mode)
            #expect(try SecretFile(path, .login).warnings == [words], "mode \(String(mode, radix: 8))")
        }
        chmod(path, 0o644)
        #expect(try SecretFile(path, .login).warnings == [SecretFile.warning(path), words])
        // By a link of that user's, or through a folder of root's.
        symlink(".cookie", folder + "/link")
        lchown(folder + "/link", 1000, 1000)
        #expect(try SecretFile(folder + "/link", .login).text == "__cookie__:x")
        // A third user may change or replace it.
        chmod(path, 0o660)
        #expect(throws: FileError(path, .othersMayWrite)) { try SecretFile(path, .login) }
        chmod(path, 0o640)
        chown(folder, 1001, 1001)
        #expect(throws: FileError(folder, .belongsTo(1001))) { try SecretFile(path, .login) }
        chown(folder, 1000, 1000)
        chmod(folder, 0o770)
        #expect(throws: FileError(folder, .othersMayWrite)) { try SecretFile(path, .login) }
    }

    /// A shell passes pipes.
    @Test func aPipeIsFine() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let text = Array("a:b\n".utf8)
        #expect(text.withUnsafeBytes { writeAll($0, to: ends[1]) } == 0)
        close(ends[1])
        #expect(try SecretFile("/dev/fd/\(ends[0])", .login, seconds: 100).text == "a:b")
        close(ends[0])
    }
}
