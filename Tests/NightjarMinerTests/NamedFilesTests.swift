import Foundation
import NightjarMiner
import NightjarPlatform
import NightjarWire
import TestSupport
import Testing

/// Configurations and secrets that are not as they should be.
@Suite(.timeLimit(.minutes(10))) struct NamedFilesTests {
    typealias Place = LedgerFilesTests.Place

    /// Whether other users may change or replace what is at the path, apart from root.
    static func isSaid(_ hostile: HostileFile) -> Bool { hostile.othersMay & 0o022 != 0 || hostile.isOthers }

    @Test func hostileConfigurations() throws {
        let place = try Place()
        let good = Array(#"{"sandbox": true, "devices": ["cpu"], "threads": 1}"#.utf8)
        let outside = try HostileFile.Outside(place.root + "/outside", contents: good)
        var generator = SeededGenerator(seed: 5)
        let all = HostileFile.all(good: good, header: good.count, &generator)
        #expect(all.count >= 100)
        for (number, hostile) in all.enumerated() {
            let path = "\(place.folder)/\(number)"
            try hostile.plant(at: path, outside: outside)
            // A pipe without a writer is waited for: see OwnFileTests, and SIGINT in the command's tests.
            if case .pipe = hostile.kind { continue }
            do throws(SettingError) {
                let file = try ConfigurationFile(path: path)
                #expect(file.warnings.count == (Self.isSaid(hostile) ? 1 : 0), "\(hostile): \(file.warnings)")
            } catch {
                let mayFail = hostile.isRegular ? !hostile.isGood : true
                #expect(mayFail && "\(error)".hasPrefix(path) && !"\(error)".contains("\n"), "\(hostile): \(error)")
            }
            #expect(outside.isUntouched, "\(hostile)")
        }
    }

    @Test func hostileSecrets() throws {
        let place = try Place()
        let outside = try HostileFile.Outside(place.root + "/outside", contents: Array("secret\n".utf8))
        var generator = SeededGenerator(seed: 6)
        let all = HostileFile.all(good: Array("a secret of one line\nand more\n".utf8), header: 30, &generator)
        #expect(all.count >= 100)
        for (number, hostile) in all.enumerated() {
            let path = "\(place.folder)/\(number)"
            try hostile.plant(at: path, outside: outside)
            if case .pipe = hostile.kind { continue }
            do throws(SettingError) {
                let layer = try SettingLayer(environment: {
                    ["NIGHTJAR_URL": "h:1", "NIGHTJAR_USER": "me", "NIGHTJAR_PASS_FILE": path][$0]
                })
                var settings = Settings()
                try settings.lay(layer)
                let run = try RunSettings(settings)
                let password = run.pools.first?.password ?? ""
                #expect(!password.isEmpty && !password.contains("\n"))
                let mode = hostile.othersMay
                let isOpen = mode & 0o044 != 0 || !hostile.isRegular || hostile.description.contains("mode 644")
                let expected = (Self.isSaid(hostile) ? 1 : 0) + (isOpen || hostile.description.hasSuffix("666") ? 1 : 0)
                #expect(run.warnings.count == expected, "\(hostile): \(run.warnings)")
                #expect(run.warnings.allSatisfy { $0.contains(path) && !$0.contains("\n") })
            } catch {
                #expect(!hostile.isGood && "\(error)".contains(path) && !"\(error)".contains("\n"), "\(error)")
            }
            #expect(outside.isUntouched, "\(hostile)")
        }
    }
}
