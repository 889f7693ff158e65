/// A fault in a line. The text follows `line N: `.
struct HashLineError: Error, Equatable { let reason: String }
