import NightjarCPU

/// A machine whose lanes hash as their watch tells them, in simulated time.
struct WidthMachine {
    /// Hashes per second of a lane whose batch is so wide, when all lanes have so many hashes at once, at a time.
    typealias Rate = (_ width: Int, _ all: Int, _ time: Double) -> Double

    struct Batch {
        var turn: WidthWatch.Turn
        var hashes: Int
        var counts: Bool
        var begin: Double
        var end: Double
    }

    var watch: WidthWatch
    var ended: [Batch] = []
    private var lanes: [Batch] = []
    private let batch: Int?
    private let rate: Rate

    /// - Parameter batch: the hashes of a batch; `nil` when it is the width.
    init(
        _ widths: some Sequence<Int>, first: Int? = nil, lanes count: Int = 1, batch: Int? = nil, rate: @escaping Rate
    ) {
        watch = WidthWatch(widths, first: first)
        self.batch = batch
        self.rate = rate
        for _ in 0..<count { watch.join() }
        // They do not begin together.
        for lane in 0..<count { lanes.append(begun(at: Double(lane) * 0.003)) }
    }

    private mutating func begun(at time: Double) -> Batch {
        let turn = watch.turn
        let all = lanes.reduce(turn.width) { $0 + ($1.end > time ? $1.turn.width : 0) }
        let hashes = batch ?? turn.width
        return Batch(
            turn: turn, hashes: hashes, counts: watch.begin(turn), begin: time,
            end: time + Double(hashes) / rate(turn.width, all, time))
    }

    mutating func run(until time: Double) {
        while let next = lanes.indices.min(by: { lanes[$0].end < lanes[$1].end }), lanes[next].end < time {
            let batch = lanes[next]
            let rate = Double(batch.hashes) / (batch.end - batch.begin)
            watch.end(batch.turn, rate: batch.counts ? rate : nil, seconds: batch.end - batch.begin, at: batch.end)
            ended.append(batch)
            lanes[next] = begun(at: batch.end)
        }
    }

    /// Hashes that were made since a time.
    func hashes(since time: Double, of width: Int? = nil) -> Int {
        ended.reduce(0) { $0 + ($1.begin >= time && (width ?? $1.turn.width) == $1.turn.width ? $1.hashes : 0) }
    }
}
