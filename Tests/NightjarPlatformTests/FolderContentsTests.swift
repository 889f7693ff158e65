import Foundation
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct FolderContentsTests {
    typealias Scratch = OwnFileTests.Scratch

    @Test func whatAnotherUserCouldHaveMadeIsFoundHoweverDeep() throws {
        let scratch = try Scratch()
        let deep = scratch.path + "/a/b/c"
        try UserFolders.make(deep)
        let path = deep + "/file"
        let outside = try HostileFile.Outside(scratch.path + "/outside", contents: OwnFileTests.good)
        defer { withExtendedLifetime(outside) {} }
        chmod(outside.path, 0o755)
        func fault() throws -> FileError? { try OwnFolder(scratch.path + "/a").faultBelow() }
        #expect(try fault() == nil)
        var generator = SeededGenerator(seed: 7)
        let all = HostileFile.all(good: OwnFileTests.good, header: 0, &generator)
        for hostile in all {
            try hostile.plant(at: path, outside: outside)
            let mayStay = hostile.isRegular && !hostile.isOthers && hostile.othersMay & 0o022 == 0
            if case .folder = hostile.kind {
                #expect(try fault() == nil)
            } else {
                let fault = try fault()
                #expect((fault == nil) == mayStay, "\(hostile): \(fault.map { "\($0)" } ?? "-")")
                if let fault { #expect(fault.path == path, "\(hostile)") }
            }
            try FileManager.default.removeItem(atPath: path)
            #expect(outside.isUntouched, "\(hostile)")
        }
        for mode: mode_t in [0o720, 0o702, 0o1777] {
            chmod(scratch.path + "/a/b", mode)
            #expect(try fault() == FileError(scratch.path + "/a/b", .othersMayWrite))
        }
    }

    @Test func whatIsTooLargeIsNotLookedThrough() throws {
        let scratch = try Scratch()
        let folder = try OwnFolder(scratch.path)
        for number in 0..<20 {
            try UserFolders.make("\(scratch.path)/\(number)")
            try OwnFolder("\(scratch.path)/\(number)").replace("file", .program, with: [])
        }
        #expect(folder.faultBelow(mostEntries: 40) == nil)
        let fault = try #require(folder.faultBelow(mostEntries: 39))
        #expect("\(fault.reason)" == "it holds more than 39 files")
        try UserFolders.make(scratch.path + String(repeating: "/d", count: 40))
        #expect(folder.faultBelow()?.reason == .isTooDeep)
    }

    @Test func onlyTheMode0700IsPrivate() throws {
        let scratch = try Scratch()
        for bits in 0..<64 {
            chmod(scratch.path, 0o700 | mode_t(bits & 0o755))
            let folder = try? OwnFolder(scratch.path)
            if let folder { #expect(folder.isPrivate == (permissions(scratch.path) == 0o700)) }
        }
        chmod(scratch.path, 0o700)
    }
}
