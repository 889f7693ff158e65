import COpenCL
import Glibc
import NightjarPlatform

/// A child process, run to its end or, when it hangs, until it is killed. Its input is empty, its output is dropped, and
/// it has no other open file: a child that outlives this process must not keep its ports.
package struct ChildRun: Sendable {
    /// How long a child may take.
    package struct Limits: Sendable {
        /// How long it may go without using processor time. On a machine with many devices a driver may take long, but
        /// it uses the processor meanwhile.
        package var still: Duration
        /// How long it may take altogether.
        package var all: Duration

        package init(still: Duration = .seconds(5), all: Duration = .seconds(30)) {
            self.still = still
            self.all = all
        }
    }

    /// What went wrong, as the end of a sentence about the child. `nil` when it ended by itself with exit code 0.
    package let fault: String?

    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - variable: added to the child's environment, which is a copy of this process's.
    /// - Returns: `nil` when the child could not be started.
    package init?(_ command: [String], variable: (name: String, value: String)?, limits: Limits = Limits()) {
        guard let id = Self.start(command, variable) else { return nil }
        let begin = ContinuousClock.now
        var (ticks, lastBusy) = (0, begin)
        var status: Int32 = 0
        while true {
            let result = waitpid(id, &status, WNOHANG)
            if result == id { break }
            // Another part of the program has already waited for the child: its exit code is lost.
            if result < 0, errno != EINTR { return nil }
            let now = ContinuousClock.now
            if let spent = Self.ticks(id), spent != ticks { (ticks, lastBusy) = (spent, now) }
            if now - lastBusy > limits.still || now - begin > limits.all {
                kill(id, SIGKILL)
                while waitpid(id, &status, 0) < 0, errno == EINTR {}
                let seconds = Int((now - begin) / .seconds(1))
                fault = "does not answer: a process that asked it was still waiting after \(seconds) s"
                return
            }
            usleep(5000)
        }
        // The parts of the status, as the macros of <sys/wait.h> read them.
        let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
        fault =
            if signal != 0 {
                "crashes the process that asks it (signal \(signal), \(String(cString: strsignal(signal))))"
            } else if code != 0 {
                "ends the process that asks it (exit code \(code))"
            } else { nil }
    }

    private static func start(_ command: [String], _ variable: (name: String, value: String)?) -> pid_t? {
        guard let program = command.first else { return nil }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        nj_close_from(&actions, 3)
        // The child gets default signal handling, even if this process ignores or blocks signals.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words = command.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var next = nj_environment()
        while let place = next, let text = place.pointee {
            let isReplaced = variable.map { String(cString: text).hasPrefix($0.name + "=") } ?? false
            if !isReplaced { variables.append(strdup(text)) }
            next = place + 1
        }
        if let variable { variables.append(strdup("\(variable.name)=\(variable.value)")) }
        variables.append(nil)
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        return posix_spawn(&id, program, &actions, &attributes, &words, &variables) == 0 ? id : nil
    }

    /// The processor time of the child's threads, in the kernel's ticks; `nil` when it cannot be read.
    private static func ticks(_ id: pid_t) -> Int? {
        // Fields 14 and 15, counted from 1. The second field is a name in brackets and may contain any character.
        let fields = TextFile.read("/proc/\(id)/stat")?.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        return user + system
    }
}
