/// A fault in a line of input, in words that can follow `line N: `.
struct LineError: Error, Equatable { let reason: String }
