/// What a hash costs, and how near the devices came to what they can do.
extension PageSections {
    /// Hashes per joule and the cost of a day, or why there is no such number.
    var energy: String? {
        guard report.conditions != nil else { return nil }
        let title = "Hashes per joule"
        let reason = report.conditions?.unavailable.first { $0.name == "power" }.map { Markup.text($0.text) }
        guard report.measured.contains(where: { $0.hashesPerJoule != nil }) else {
            return Self.section(title, "<p>Not measured\(reason.map { ": \($0)" } ?? "").</p>\n")
        }
        let picture =
            Self.picture("\(id)e", detail) { ComparisonPicture.picture(report, .energy, width: $0, id: $1) } ?? ""
        var text = picture
        if let scatter = Self.picture("\(id)j", detail, { EnergyPicture.picture(report, width: $0, id: $1) }) {
            text += "<h3>Speed and energy</h3>\n\(scatter)"
            text +=
                "<p class=\"faint\">To the right is faster, and upwards is more for the same energy. Dashed lines join places "
                + "of the same power; other lines join the devices of an algorithm.</p>\n"
        }
        for note in Sentences.power(report) { text += "<p class=\"faint\">\(Markup.text(note))</p>\n" }
        if let reason { text += "<p>Not measured of all devices: \(reason).</p>\n" }
        text += Self.table(
            title, ["Algorithm", "Device", "Source", "Watts", "At rest", "J per hash", "Without rest"],
            numbers: [3, 4, 5, 6],
            report.measured.filter { $0.hashesPerJoule != nil }.map { row in
                [
                    row.algorithm, row.device, row.powerSource ?? "–", Self.number(row.watts),
                    Self.number(report.device(row.device)?.idleWatts), Self.number(row.joulesPerHash),
                    Self.number(row.netJoulesPerHash),
                ]
            })
        if !report.costs.isEmpty {
            text += "<h3>Cost of a day</h3>\n"
            text += Self.table(
                "Cost of a day", ["Algorithm", "Device", "Cost a day"], numbers: [2],
                report.costs.map { [$0.pair.algorithm, $0.pair.device, Self.number($0.perDay)] })
        }
        return Self.section(title, text)
    }

    /// What was reached of the limits that were measured on the same devices.
    var limits: String? {
        let rows = report.measured.flatMap { row in row.limits.map { (row, $0) } }
        guard !rows.isEmpty else { return nil }
        let note =
            "<p class=\"faint\">What a device can do was measured on it, in this run. What the hashes needed follows from "
            + "the algorithm: how often a hash reads at places that are not known before, or how many operations it has. "
            + "Cycles have nothing to be compared with.</p>\n"
        return Self.section(
            "How near the limit",
            note
                + Self.table(
                    "How near the limit", ["Algorithm", "Device", "What", "Unit", "Reached", "Possible", "Share"],
                    numbers: [4, 5, 6],
                    rows.map { row, limit in
                        [
                            row.algorithm, row.device, limit.name, limit.unit, Self.number(limit.reached),
                            Self.number(limit.measured), limit.share.map(Quantity.percent) ?? "–",
                        ]
                    }))
    }
}
