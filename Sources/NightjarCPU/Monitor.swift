#if canImport(Glibc)
import Glibc
#endif

/// A value behind a lock, that threads can wait on.
///
/// `Synchronization.Mutex` has no condition to wait for; hashing threads block by design, so a plain POSIX one serves.
/// Every change wakes every waiter: there are a few dozen threads at most, and changes are rare beside hashes.
///
/// Unchecked: `state` is touched under the lock only.
package final class Monitor<State: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state: State

    package init(_ state: State) {
        self.state = state
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        check("pthread_mutex_init", pthread_mutex_init(mutex, nil))
        check("pthread_cond_init", pthread_cond_init(condition, nil))
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Looks at the state or changes it, and wakes nobody.
    package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        check("pthread_mutex_lock", pthread_mutex_lock(mutex))
        defer { check("pthread_mutex_unlock", pthread_mutex_unlock(mutex)) }
        return try body(&state)
    }

    /// Changes the state and wakes every thread that waits, to look again.
    package func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try withLock { state in
            defer { check("pthread_cond_broadcast", pthread_cond_broadcast(condition)) }
            return try body(&state)
        }
    }

    /// Blocks the calling thread until `body`, tried after every change, returns something. It may change the state.
    package func wait<Result>(_ body: (inout State) -> Result?) -> Result {
        withLock { state in
            while true {
                if let result = body(&state) {
                    check("pthread_cond_broadcast", pthread_cond_broadcast(condition))
                    return result
                }
                check("pthread_cond_wait", pthread_cond_wait(condition, mutex))
            }
        }
    }

    /// These calls fail only when this file is wrong.
    private func check(_ call: StaticString, _ result: Int32) {
        precondition(result == 0, "\(call): \(errorText(result))")
    }
}

/// The system's words for an `errno` value.
package func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
