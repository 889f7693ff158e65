import Glibc

/// The system refused to start a thread. The description is one line.
package struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The thread's name.
    package let thread: String
    /// What `pthread_create` returned.
    package let code: Int32

    package init(thread: String, code: Int32) {
        self.thread = thread
        self.code = code
    }

    package var description: String {
        "the thread '\(thread)' could not be started: \(errorText(code))\(limits)"
    }

    /// Which limits can be the cause: the system's text names none.
    var limits: String {
        guard code == EAGAIN else { return "" }
        return " (a limit on processes and threads: the user's, 'ulimit -u', or a container's, pids.max; or one on "
            + "memory, 'ulimit -v')"
    }
}
