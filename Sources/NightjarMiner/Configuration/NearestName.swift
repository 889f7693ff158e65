/// Finds the known names that are nearest to a mistyped one.
package enum NearestName {
    static func find(_ name: String, among known: [String]) -> String? { find(name, among: known, count: 1).first }

    /// Those nearest to it, the nearest first.
    package static func find(_ name: String, among known: [String], count: Int) -> [String] {
        let distances = known.map { (distance(name, $0), $0) }.sorted { $0 < $1 }
        return distances.prefix(count).map(\.1)
    }

    /// The same, when the nearest is no further away than `limit`; otherwise none.
    static func find(_ name: String, among known: [String], count: Int, atMost limit: Int) -> [String] {
        let nearest = find(name, among: known, count: count)
        return nearest.first.map { distance(name, $0) <= limit } == true ? nearest : []
    }

    /// Levenshtein's distance: how many letters must be inserted, removed or changed to turn one name into the other.
    /// Case does not count.
    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.lowercased().prefix(100)), Array(b.lowercased()))
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
