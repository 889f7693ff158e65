import NightjarOpenCL
import Synchronization

/// Stands between the code and a real driver: counts calls and objects, and fails the call that it is told to fail.
final class FaultyDriver: Sendable {
    struct Fault: Sendable {
        let call: String
        /// Which of the calls of that name fails, from 1.
        let occurrence: Int
        let code: Int32
    }

    private struct State {
        var fault: Fault?
        var counts: [String: Int] = [:]
        /// Objects that were made, less those that were released.
        var retained = 0
        var hangs = false
    }

    private let state = Mutex(State())
    /// Whether queues profile, so that each launch makes an event.
    private let profiles: Bool

    init(_ fault: Fault? = nil, profiles: Bool = false) {
        self.profiles = profiles
        state.withLock { $0.fault = fault }
    }

    /// How often each call was made, failed ones among them.
    var counts: [String: Int] { state.withLock(\.counts) }
    var retained: Int { state.withLock(\.retained) }

    /// From now on nothing that is enqueued ever ends, as far as anybody can see.
    func hang() { state.withLock { $0.hangs = true } }

    /// The next call of that name fails, or one `after` so many more.
    func fail(_ call: String, code: Int32, after: Int = 0) {
        state.withLock {
            $0.fault = Fault(call: call, occurrence: $0.counts[call, default: 0] + 1 + after, code: code)
        }
    }

    var calls: Calls { Calls { [self] name, perform in intercept(name, perform) } }

    private func intercept(_ name: String, _ perform: () -> Int32) -> Int32 {
        let (code, hangs) = state.withLock { state -> (Int32?, Bool) in
            state.counts[name, default: 0] += 1
            let isFault = state.fault.map { $0.call == name && $0.occurrence == state.counts[name] } ?? false
            return (isFault ? state.fault?.code : nil, state.hangs && name == "clGetEventInfo")
        }
        if hangs { return 0 }
        // A release that fails must not leak what it was for, or the count would say nothing.
        guard code == nil || name.hasPrefix("clRelease") else { return code ?? 0 }
        let result = perform()
        if result == 0 {
            state.withLock { state in
                let makesEvent = name == "clEnqueueMarkerWithWaitList" || (profiles && name == "clEnqueueNDRangeKernel")
                if name.hasPrefix("clCreate") || makesEvent { state.retained += 1 }
                if name.hasPrefix("clRelease") { state.retained -= 1 }
            }
        }
        return code ?? result
    }
}
