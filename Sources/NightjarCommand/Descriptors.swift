import Glibc

/// The three standard descriptors.
enum Descriptors {
    /// Puts something that fails in the place of a standard descriptor that is closed.
    ///
    /// Otherwise the next file to be opened, the share ledger perhaps, would get its number, and lines meant for
    /// standard output would be written into it. `/dev/null` opened the wrong way round keeps reads and writes failing
    /// with `EBADF`, as they should.
    static func occupyClosed() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // Takes the lowest free number, which is this one.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
