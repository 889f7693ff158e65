import Glibc
import Synchronization

#if NIGHTJAR_THREAD_SANITIZER
/// A value behind a lock that ThreadSanitizer understands.
///
/// `Synchronization.Mutex` hands a contended lock over inside the kernel, where ThreadSanitizer does not see it: it
/// reports races that are none. This class is for builds by Scripts/sanitize.sh alone.
///
/// The value has memory of its own, so that the sanitizer does not take a read of `mutex` for one of the value.
///
/// Unchecked: the value is touched under the lock only.
package final class Locked<Value>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    package init(_ value: consuming sending Value) {
        self.value.initialize(to: value)
        mutex.initialize(to: pthread_mutex_t())
        precondition(pthread_mutex_init(mutex, nil) == 0, "pthread_mutex_init")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    package func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}
#else
/// A value behind a lock: the standard library's, under a name that Scripts/sanitize.sh can give to another.
package typealias Locked<Value: ~Copyable> = Mutex<Value>
#endif
