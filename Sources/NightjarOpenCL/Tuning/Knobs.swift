import NightjarCore

/// The values that a tuner may try, for every family. Work-groups of kernels that take less than 2 % of the time are no
/// knobs: what they gain would be noise.
enum Knobs {
    /// For each knob, the values that are allowed while all other knobs have their defaults. A knob with fewer than two
    /// such values is left out.
    static func choice(_ all: [(name: String, values: [Int])], allows: (TuningSettings) -> Bool) -> [TuningKnob] {
        all.compactMap { knob in
            let values = knob.values.filter { allows(TuningSettings([knob.name: $0])) }
            return values.count > 1 ? TuningKnob(name: knob.name, values: values) : nil
        }
    }

    /// The powers of two in a range.
    static func powers(_ range: ClosedRange<Int>) -> [Int] { (0..<62).map { 1 << $0 }.filter(range.contains) }

    /// Values from an eighth of `number` to eight times `number`.
    static func multiples(of number: Int) -> [Int] {
        Array(
            Set(
                [number / 8, number / 4, number / 3, number / 2, number, number * 3 / 2]
                    + [2, 3, 4, 6, 8].map { number * $0 })
        )
        .filter { $0 > 0 }.sorted()
    }
}
