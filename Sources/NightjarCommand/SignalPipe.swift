import Glibc

/// Catches signals and writes their numbers into a pipe, where they wait until the program can take them.
///
/// It begins with the program's first lines. Dispatch's own signal sources begin some milliseconds later, on a thread of
/// Dispatch's, and a signal before that ends the process. Before `main`, while the system loads the program's libraries,
/// no program can catch anything.
///
/// When no thread takes the signals, because the system gives the process no more threads or memory, the handler itself
/// ends the process: at a second signal, or some time after the first.
enum SignalPipe {
    /// The pipe's end for reading; `nil` when there is none, and signals do what they do by default.
    ///
    /// SIGINT and SIGTERM are caught even where the parent process ignored them, as a shell script does with SIGINT for
    /// background jobs: a signal to a miner is meant for it. For the same reason SIGQUIT ends it. SIGHUP stays ignored
    /// where `nohup` ignored it.
    @discardableResult static func open() -> Int32? { ends?.read }

    /// Takes each signal that has come. One thread at a time.
    static func read(_ take: (Int32) -> Void) {
        guard let ends else { return }
        var number: UInt8 = 0
        while Glibc.read(ends.read, &number, 1) == 1 { take(Int32(number)) }
    }

    private static let ends: (read: Int32, write: Int32)? = {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // A handler must not wait, and neither must a reader that has read all.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, writeEnd) = (ends[0], ends[1])
        signal(SIGQUIT, SIG_DFL)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in endAtOnce() }
        sigaction(SIGALRM, &action, nil)
        for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !isIgnored(number) { catchSignal(number) }
        return (ends[0], ends[1])
    }()

    private static func catchSignal(_ number: Int32) {
        var action = sigaction()
        action.sa_flags = SA_RESTART
        // This runs between any two instructions of any thread: it may only make system calls, and must not change
        // what the thread sees of its own.
        action.__sigaction_handler.sa_handler = { number in
            let code = errno
            if number != SIGHUP { watchEnd(number) }
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(writeEnd, &byte, 1)
            errno = code
        }
        sigaction(number, &action, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        // SIG_IGN is a number in place of a function, and Swift cannot compare functions.
        return sigaction(number, nil, &action) == 0
            && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}

/// The pipe's ends. Unsafe: they are written once, before the first handler is set. Constants would be made at their
/// first use, behind a lock that a handler must not wait for.
nonisolated(unsafe) private var readEnd: Int32 = -1
nonisolated(unsafe) private var writeEnd: Int32 = -1

/// The first SIGINT or SIGTERM, and when it came. Unsafe: only handlers use them, and two at the same time write the
/// same, or nearly.
nonisolated(unsafe) private var firstNumber: Int32 = 0
nonisolated(unsafe) private var firstMilliseconds = 0

/// Ends the process if a second signal comes while the first still waits in the pipe after a second, and sees to it that
/// the process ends some time after the first one. Called by a handler, so it makes only system calls.
private func watchEnd(_ number: Int32) {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let milliseconds = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    guard firstNumber != 0 else {
        (firstNumber, firstMilliseconds) = (number, milliseconds)
        // A run's orderly end takes half of this at most.
        alarm(60)
        return
    }
    var state = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    if milliseconds - firstMilliseconds >= 1000, poll(&state, 1, 0) == 1 { endAtOnce() }
}

private func endAtOnce() {
    Terminal.Modes.restore()
    _exit(128 + firstNumber)
}
