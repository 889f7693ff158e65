import Glibc

/// A value behind a lock. Threads can wait for it to change.
///
/// `Synchronization.Mutex` has no condition variable. Hashing threads block by design, so POSIX's mutex and condition
/// serve. Every change wakes every waiter: there are a few dozen threads at most, and changes are much rarer than
/// hashes.
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
        // Timeouts use the monotonic clock, which users and time servers cannot set.
        var attributes = pthread_condattr_t()
        check("pthread_condattr_init", pthread_condattr_init(&attributes))
        check("pthread_condattr_setclock", pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC))
        check("pthread_cond_init", pthread_cond_init(condition, &attributes))
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state without waking any thread.
    package func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        lock()
        defer { unlock() }
        return try body(&state)
    }

    private func lock() { check("pthread_mutex_lock", pthread_mutex_lock(mutex)) }
    private func unlock() { check("pthread_mutex_unlock", pthread_mutex_unlock(mutex)) }

    /// Changes the state and wakes every waiting thread, which then looks again.
    package func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try withLock { state in
            defer { check("pthread_cond_broadcast", pthread_cond_broadcast(condition)) }
            return try body(&state)
        }
    }

    /// Blocks the calling thread until `body` returns a value. It calls `body` after every change; `body` may change
    /// the state.
    package func wait<Result>(_ body: (inout State) -> Result?) -> Result {
        lock()
        defer { unlock() }
        // Each turn is its own access to the state. If one access lasted through the wait, the compiler could assume
        // that no other thread changes the state meanwhile.
        while true {
            if let result = body(&state) {
                check("pthread_cond_broadcast", pthread_cond_broadcast(condition))
                return result
            }
            check("pthread_cond_wait", pthread_cond_wait(condition, mutex))
        }
    }

    /// As ``wait(_:)``, but for at most `milliseconds`; `nil` when the time is over.
    package func wait<Result>(milliseconds: Int, _ body: (inout State) -> Result?) -> Result? {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_sec += milliseconds / 1000
        end.tv_nsec += milliseconds % 1000 * 1_000_000
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        lock()
        defer { unlock() }
        while true {
            if let result = body(&state) {
                check("pthread_cond_broadcast", pthread_cond_broadcast(condition))
                return result
            }
            let code = pthread_cond_timedwait(condition, mutex, &end)
            if code == ETIMEDOUT {
                // Look once more: the state may have changed just as the time ran out, while the lock was free.
                guard let result = body(&state) else { return nil }
                check("pthread_cond_broadcast", pthread_cond_broadcast(condition))
                return result
            }
            check("pthread_cond_timedwait", code)
        }
    }

    /// These calls fail only when this file is wrong.
    private func check(_ call: StaticString, _ result: Int32) {
        precondition(result == 0, "\(call): \(errorText(result))")
    }
}
