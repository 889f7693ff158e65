import Glibc

/// Hours of the day, in local time, at which to mine: `22:00-07:00`, or several with commas.
///
/// A span includes its first minute and excludes its last. When its end is not after its beginning, it goes past
/// midnight.
package struct MiningHours: Sendable, Hashable, CustomStringConvertible {
    private struct Span: Sendable, Hashable {
        let from: Int
        let to: Int
    }

    private let spans: [Span]
    package let description: String

    /// `nil` when the text is not such a list.
    package init?(_ text: String) {
        var spans: [Span] = []
        for word in Settings.words(text) {
            let ends = word.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let from = Self.minute(ends[0], last: false),
                let to = Self.minute(ends[1], last: true)
            else {
                return nil
            }
            spans.append(Span(from: from, to: to))
        }
        self.spans = spans
        description = text
    }

    /// Whether the hours include this minute.
    ///
    /// - Parameter minute: of the day, 0 to 1439.
    package func contains(minute: Int) -> Bool {
        spans.contains { span in
            span.from < span.to ? (span.from..<span.to).contains(minute) : minute >= span.from || minute < span.to
        }
    }

    /// The present minute of the day, in local time.
    package static func now() -> Int {
        var seconds = time(nil)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return Int(seconds / 60 % 1440) }
        return Int(parts.tm_hour) * 60 + Int(parts.tm_min)
    }

    /// `24:00` is valid only as an end.
    private static func minute(_ text: Substring, last: Bool) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = parts.count == 2 ? Int(parts[1]) : 0, minute < 60,
            hour < 24 || (last && hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }
}
