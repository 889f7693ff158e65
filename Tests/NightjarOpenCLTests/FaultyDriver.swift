import NightjarOpenCL
import NightjarPlatform
import Synchronization

/// Stands between the code and a real driver. It counts calls and objects, and fails the call that a test chooses.
final class FaultyDriver: Sendable {
    struct Fault: Sendable {
        let call: String
        /// The number of the call that fails among those of its name, from 1.
        let occurrence: Int
        let code: Int32
    }

    private struct State {
        var fault: Fault?
        var counts: [String: Int] = [:]
        /// The number of objects that were made and not released.
        var retained = 0
        var hangs = false
    }

    private let state = Locked(State())
    /// Whether queues profile, so that each launch makes an event.
    private let profiles: Bool

    init(_ fault: Fault? = nil, profiles: Bool = false) {
        self.profiles = profiles
        state.withLock { $0.fault = fault }
    }

    /// How often each call was made, failed ones among them.
    var counts: [String: Int] { state.withLock(\.counts) }
    var retained: Int { state.withLock(\.retained) }

    /// From now on, no command seems to end.
    func hang() { state.withLock { $0.hangs = true } }

    /// Makes the next call of that name fail, or a later one: `after` calls succeed first.
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
        // A release is made even if it is to fail: otherwise the object would leak, and the count would be wrong.
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
