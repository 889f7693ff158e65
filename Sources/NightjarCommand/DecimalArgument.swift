import ArgumentParser
import NightjarMiner

/// Reads the numbers after options. The parser's own reader takes `0x54` and `nan`, too.
enum DecimalArgument {
    static func read(_ text: String) throws -> Double {
        guard let number = DecimalNumber.read(text) else {
            throw ValidationError(DecimalNumber.wish("a number is needed", inPlaceOf: text))
        }
        return number
    }
}
