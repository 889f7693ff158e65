import Glibc

/// Keeps the three standard descriptors occupied.
enum Descriptors {
    /// Opens `/dev/null` in place of each standard descriptor that is closed.
    ///
    /// Otherwise the next opened file, perhaps the share ledger, would get that number, and lines for standard output
    /// would be written into it. `/dev/null` is opened for the wrong direction, so that reads and writes still fail
    /// with `EBADF`, as on a closed descriptor.
    static func occupyClosed() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // `open` takes the lowest free number, which is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
