import Glibc

/// The processor time that the calling thread has used. While other programs have its core, it stands still.
package enum ThreadTime {
    /// Seconds since the thread began; 0 where the system does not tell.
    package static var seconds: Double {
        var time = timespec()
        guard clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
