import NightjarReport
import Testing

/// Speed against hashes per joule.
@Suite(.timeLimit(.minutes(1))) struct EnergyPictureTests {
    private func report(_ results: [(algorithm: String, device: String, rate: Double, joules: Double?)]) -> BenchReport
    {
        let rows = results.map { algorithm, device, rate, joules in
            var row = BenchRow(algorithm: algorithm, device: device, deviceName: device)
            row.isVerified = true
            row.hashrate = rate
            row.joulesPerHash = joules
            return row
        }
        let host = ReportHost(cpu: "C", cores: 1, os: "O", hugePages: nil)
        var report = BenchReport(version: "1", host: host, results: rows)
        report.conditions = ReportConditions()
        return report
    }

    /// The numbers of an element's attributes, by name.
    private func numbers(_ element: Substring) -> [String: Double] {
        Dictionary(
            element.matches(of: /([a-z0-9]+)="(-?[0-9.]+)"/).compactMap { match in
                Double(match.2).map { (String(match.1), $0) }
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func thePictureHasTheSameBytesAsBefore() throws {
        let pictures = try [360.0, 760].map { width in
            try #require(EnergyPicture.picture(try Fixture.withEnergy(), width: width, id: "x"))
        }
        try Fixture.expect(pictures[1], "energy.svg")
        for picture in pictures {
            // Two panels have an algorithm of several devices each; SHA-256d is the third.
            #expect(picture.matches(of: /class="join"/).count == 3)
            #expect(picture.contains("cn/r on cpu: 47.1 H/s, 724 mH/J"))
            #expect(picture.matches(of: /<title>[^<]* on [^<]*H\/J<\/title>/).count == 7)
            let names = picture.matches(of: /class="small"[^>]*>([^<]+)</).map { String($0.1) }
            for name in ["cn/r", "rx/0", "sha256d"] { #expect(names.filter { $0 == name }.count == 1) }
        }
    }

    @Test func onePointIsNoPicture() throws {
        for joules in [[nil, nil], [0.5, nil], [0.5, 0], [0.5, -1]] {
            let report = report([("cn/r", "cpu", 40, joules[0]), ("cn/r", "opencl:0.0", 400, joules[1])])
            #expect(EnergyPicture.picture(report, width: 760, id: "x") == nil, "\(joules)")
            #expect(!ReportFormat.html.text(ReportSet(report)).contains("Speed and energy"))
        }
        let two = report([("cn/r", "cpu", 40, 0.5), ("rx/0", "cpu", 400, 0.1)])
        #expect(EnergyPicture.picture(two, width: 760, id: "x") != nil)
        #expect(ReportFormat.html.text(ReportSet(two)).contains("<h3>Speed and energy</h3>"))
    }

    /// Points of the same power lie on a line, which has its watts.
    @Test func dashedLinesAreOfTheSamePower() throws {
        let report = report([("cn/r", "cpu", 30, 100 / 30.0), ("cn/r", "opencl:0.0", 600, 100 / 600.0)])
        let picture = try #require(EnergyPicture.picture(report, width: 760, id: "x"))
        let marks = picture.split(separator: "\n").filter { $0.contains("<title>cn/r on ") }
        // The first device's mark is a circle. The second one's, a rhombus, begins at its top.
        let first = numbers(try #require(marks.first))
        let top = try #require(marks.last?.firstMatch(of: /d="M([0-9.]+) ([0-9.]+)l/))
        let points = [
            (try #require(first["cx"]), try #require(first["cy"])),
            (try #require(Double(top.1)), try #require(Double(top.2)) + 6.25),
        ]
        let lines = picture.split(separator: "\n").filter { $0.contains("class=\"iso\"") }.map(numbers)
        let through = try lines.filter { line in
            let (x1, y1) = (try #require(line["x1"]), try #require(line["y1"]))
            let (x2, y2) = (try #require(line["x2"]), try #require(line["y2"]))
            return points.allSatisfy { x, y in
                let area = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
                return abs(area) / ((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1)).squareRoot() < 0.2
            }
        }
        #expect(through.count == 1 && picture.contains(">100 W</text>"), "\(lines)")
    }

    /// Names that would lie on others are left out; each mark still tells its own.
    @Test func aCrowdKeepsItsMarks() throws {
        let crowd = report((0..<40).map { ("cn/\($0)", "cpu", 100 + Double($0) / 100, 0.5) })
        let picture = try #require(EnergyPicture.picture(crowd, width: 360, id: "x"))
        let names = picture.matches(of: /class="small"[^>]*>cn\//).count
        #expect((1..<40).contains(names) && picture.matches(of: /<title>cn\//).count == 40)
    }
}
