/// The hash rates of devices as a table that fits a terminal.
///
/// In a narrow one, columns go in which nothing is known, and then the last ones. The words about a device stand below it
/// where they would take the place of rates.
struct RateTable {
    struct Row {
        let name: String
        /// One for each of ``windows``; `-` where it is not known.
        let rates: [String]
        let words: String
    }

    let rows: [Row]

    /// The most important one first.
    private static let windows = ["10 s", "60 s", "15 min", "highest"]
    /// So many rates are worth more than words on the same line.
    private static let leastRates = 2

    func lines(width: Int) -> [String] {
        let all = Array(Self.windows.indices)
        var known = all.filter { column in rows.contains { $0.rates[column] != "-" } }
        if known.isEmpty { known = [0] }
        let choices = [all] + known.indices.reversed().map { Array(known[...$0]) }
        let beside = choices.prefix { $0.count >= min(Self.leastRates, known.count) }
        for columns in beside {
            let lines = table(columns, withWords: true)
            if Self.fit(lines, width) { return lines }
        }
        let tables = choices.map { table($0, withWords: false) }
        let lines = tables.first { Self.fit($0, width) } ?? tables.last ?? []
        let words = [""] + rows.map(\.words)
        return zip(lines, words).flatMap { line, words in
            [String(line.prefix(width))] + (words.isEmpty ? [] : PlainText.folded("    \(words)", width: width))
        }
    }

    private static func fit(_ lines: [String], _ width: Int) -> Bool { lines.allSatisfy { $0.count <= width } }

    private func table(_ columns: [Int], withWords: Bool) -> [String] {
        let head = ["device"] + columns.map { Self.windows[$0] }
        let cells = rows.map { row in
            [row.name] + columns.map { row.rates[$0] } + (withWords ? [row.words] : [])
        }
        return StatusLine.table([head] + cells, numbers: columns.count + 1)
    }
}
