/// Passes each event to several reporters, in their order.
package struct Reporters: Reporter {
    private let all: [any Reporter]

    package init(_ all: [any Reporter]) { self.all = all }

    package func report(_ event: MinerEvent) {
        for reporter in all { reporter.report(event) }
    }

    package func report(_ event: MinerEvent, from source: EventSource) {
        for reporter in all { reporter.report(event, from: source) }
    }
}
