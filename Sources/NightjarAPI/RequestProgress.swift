import NIOCore

/// What a connection is doing, and how long it may still take. Belongs to the connection's event loop.
///
/// With an idle limit alone, a client could send a byte from time to time and hold one of the few places for ever.
package final class RequestProgress {
    package struct Times: Sendable {
        /// For a request's head: from the connection's beginning, or from the head's first byte. A client that takes
        /// nothing of an answer for as long is not served any more.
        package var head: TimeAmount
        /// For the rest of a request and its answer; and for a connection without a request.
        package var rest: TimeAmount

        package init(head: TimeAmount, rest: TimeAmount) {
            self.head = head
            self.rest = rest
        }
    }

    /// Whether all further bytes are dropped: the connection is about to be closed. They are read and not left to wait,
    /// because closing a connection with unread bytes would destroy an answer that is still on its way.
    private(set) var ignoresInput = false
    /// The most requests that a client may send ahead.
    ///
    /// With back pressure there are never that many. But when a client ends its side, NIO reads all that the kernel has.
    private static let mostUnanswered = 256

    private let times: Times
    private let setServed: (Bool) -> Void
    private var deadline: Scheduled<Void>?
    /// The heads that came and have no answer yet. A client may send many ahead.
    private var unanswered = 0
    /// The answers that are given and still wait for room in the kernel.
    private var unwritten = 0
    private var stall: Scheduled<Void>?
    private var isServed = false {
        didSet { if isServed != oldValue { setServed(isServed) } }
    }
    private var isIdle = false
    /// A client asked for another protocol. The HTTP parser reads no further then and would keep all that comes.
    private var isLastRequest = false

    /// - Parameter setServed: called with whether a request waits for its answer and the client reads.
    package init(_ times: Times, setServed: @escaping (Bool) -> Void) {
        self.times = times
        self.setServed = setServed
    }

    /// Whether the next answer is the connection's last.
    var isLastAnswer: Bool { isLastRequest && unanswered <= 1 }

    func opened(_ context: ChannelHandlerContext) { allow(times.head, context) }

    func bytesCame(_ context: ChannelHandlerContext) {
        if unanswered >= Self.mostUnanswered { ignoresInput = true }
        guard isIdle else { return }
        isIdle = false
        allow(times.head, context)
    }

    func headCame(_ context: ChannelHandlerContext, asksForUpgrade: Bool) {
        isIdle = false
        isLastRequest = asksForUpgrade
        unanswered += 1
        guard unanswered == 1 else { return }
        isServed = true
        allow(times.rest, context)
    }

    func requestEnded(_ context: ChannelHandlerContext) {
        if isLastRequest { ignoresInput = true }
        // The rest of a request that was answered before its end, as refused ones are.
        if unanswered == 0 { rest(context) }
    }

    func failed() { ignoresInput = true }

    /// An answer is about to be sent.
    func answers(_ context: ChannelHandlerContext) {
        unwritten += 1
        if unwritten == 1 { expectReading(context) }
    }

    /// An answer was sent.
    func answered(_ context: ChannelHandlerContext, closes: Bool) {
        unanswered = max(0, unanswered - 1)
        unwritten -= 1
        stall?.cancel()
        if unwritten > 0 { expectReading(context) }
        if closes {
            ignoresInput = true
            isServed = false
            // The client closes when it sees the end.
            allow(times.rest, context)
            context.close(mode: .output, promise: nil)
        } else if unanswered > 0 {
            isServed = true
            allow(times.rest, context)
        } else {
            isServed = false
            rest(context)
        }
    }

    func ended() {
        deadline?.cancel()
        deadline = nil
        stall?.cancel()
        stall = nil
    }

    private func expectReading(_ context: ChannelHandlerContext) {
        stall = context.eventLoop.assumeIsolated().scheduleTask(in: times.head) { self.isServed = false }
    }

    private func rest(_ context: ChannelHandlerContext) {
        isIdle = true
        allow(times.rest, context)
    }

    private func allow(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
