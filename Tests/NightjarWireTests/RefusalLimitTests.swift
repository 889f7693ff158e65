import NightjarWire
import Testing

/// Refusals that come faster than they are said.
@Suite(.timeLimit(.minutes(1))) struct RefusalLimitTests {
    @Test func whatIsNotSaidCostsNoText() {
        var limit = RefusalLimit()
        var made = 0
        func say(at milliseconds: Int) -> String? {
            limit.say(now: .milliseconds(milliseconds)) {
                made += 1
                return "text \(made)"
            }
        }
        #expect(say(at: 0) == "text 1")
        for i in 0..<1000 { #expect(say(at: i) == nil) }
        #expect(made == 1)
        #expect(say(at: 1000) == "text 2 (and 1000 refused before it)")
        #expect(say(at: 1999) == nil && made == 2)
        #expect(say(at: 2000) == "text 3 (and 1 refused before it)")
        #expect(say(at: 3000) == "text 4")
    }
}
