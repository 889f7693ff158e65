import COpenCL
import Glibc
import NightjarPlatform

/// A child process that may crash or hang. It is killed when it hangs, and at the latest with this object. Its output is
/// dropped, and it has no other open file: a child that outlives this process must not keep its ports.
package final class ChildRun {
    /// How long a child may take.
    package struct Limits: Sendable {
        /// How long it may go without using processor time. On a machine with many devices a driver may take long, but
        /// it uses the processor meanwhile.
        package var still: Duration
        /// How much processor time it may use outside of the system. Drivers wake cards inside of it.
        package var busy: Duration
        /// How long it may take altogether.
        package var all: Duration

        package init(still: Duration = .seconds(4), busy: Duration = .seconds(4), all: Duration = .seconds(20)) {
            self.still = still
            self.busy = busy
            self.all = all
        }
    }

    /// The exit code of a child that came to its end. Any other code, 0 too, is a driver's: some end the process.
    package static let done: Int32 = 42
    /// The exit code of a child that came to its end, and found files closed that were open before: see
    /// ``OpenFileWatch``.
    static let closedFiles: Int32 = 43

    /// What went wrong, as the end of a sentence about what the child asked. `nil` when it came to its end, while it
    /// runs, and when its end is not known.
    package private(set) var fault: String?

    /// A variable in the environment of every child: the number of the process that started it.
    static let parentVariable = "NIGHTJAR_CHILD_OF"

    private let id: pid_t
    private let limits: Limits
    private let begin = ContinuousClock.now
    private var ticks = 0
    private var lastBusy: ContinuousClock.Instant
    private var isOver = false

    /// Starts it.
    ///
    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - variable: added to the child's environment, which is a copy of this process's.
    ///   - input: what it can read; `nil` is nothing.
    /// - Returns: `nil` when the child could not be started.
    package init?(
        _ command: [String], variable: (name: String, value: String)? = nil, input: [UInt8]? = nil,
        limits: Limits = Limits()
    ) {
        guard let id = Self.start(command, variable, input) else { return nil }
        self.id = id
        self.limits = limits
        lastBusy = begin
    }

    deinit { if !isOver { end() } }

    /// Blocks until all have ended. No child gets more time because others run, too.
    ///
    /// - Parameter meanwhile: called now and then, with the time since the start of the wait.
    package static func wait(for children: [ChildRun], meanwhile: (Duration) -> Void = { _ in }) {
        let begin = ContinuousClock.now
        while true {
            for child in children { child.look() }
            if children.allSatisfy(\.isOver) { return }
            usleep(5000)
            meanwhile(ContinuousClock.now - begin)
        }
    }

    private func look() {
        guard !isOver else { return }
        var status: Int32 = 0
        let result = waitpid(id, &status, WNOHANG)
        if result == id {
            isOver = true
            fault = Self.fault(status)
        } else if result < 0, errno != EINTR {
            // Another part of the program has already waited for the child: its exit code is lost.
            isOver = true
        } else {
            let now = ContinuousClock.now
            var isBusy = false
            if let spent = Self.ticks(id) {
                if spent.all != ticks { (ticks, lastBusy) = (spent.all, now) }
                isBusy = .seconds(1) * spent.user / sysconf(Int32(_SC_CLK_TCK)) > limits.busy
            }
            guard isBusy || now - lastBusy > limits.still || now - begin > limits.all else { return }
            end()
            let seconds = Int((now - begin) / .seconds(1))
            fault = "does not answer: a process that asked it was still waiting after \(seconds) s"
        }
    }

    private func end() {
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        isOver = true
    }

    private static func fault(_ status: Int32) -> String? {
        // The parts of the status, as the macros of <sys/wait.h> read them.
        let (signal, code) = (status & 0x7F, status >> 8 & 0xFF)
        if signal != 0 {
            return "crashes the process that asks it (signal \(signal), \(String(cString: strsignal(signal))))"
        }
        if code == closedFiles { return "closes open files that are not its own" }
        return code == done ? nil : "ends the process that asks it (exit code \(code))"
    }

    private static func start(
        _ command: [String], _ variable: (name: String, value: String)?, _ input: [UInt8]?
    ) -> pid_t? {
        guard let program = command.first else { return nil }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var file: Int32 = -1
        defer { if file >= 0 { close(file) } }
        if let input {
            // Not a pipe: writing to a child that has ended would raise a signal here.
            file = nj_memory_file()
            guard file >= 0, input.withUnsafeBytes({ writeAll($0, to: file) }) == 0, lseek(file, 0, SEEK_SET) == 0
            else { return nil }
            posix_spawn_file_actions_adddup2(&actions, file, 0)
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
        let added = [variable, (name: parentVariable, value: "\(getpid())")].compactMap(\.self)
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var next = nj_environment()
        while let place = next, let text = place.pointee {
            let isReplaced = added.contains { String(cString: text).hasPrefix($0.name + "=") }
            if !isReplaced { variables.append(strdup(text)) }
            next = place + 1
        }
        for (name, value) in added { variables.append(strdup("\(name)=\(value)")) }
        variables.append(nil)
        defer { for text in words + variables { free(text) } }
        var id = pid_t()
        return posix_spawn(&id, program, &actions, &attributes, &words, &variables) == 0 ? id : nil
    }

    /// The processor time of the child's threads outside of the system and altogether, in the kernel's ticks; `nil` when
    /// it cannot be read.
    private static func ticks(_ id: pid_t) -> (user: Int, all: Int)? {
        // Fields 14 and 15, counted from 1. The second field is a name in brackets and may contain any character.
        let fields = TextFile.read("/proc/\(id)/stat")?.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        return (user, user + system)
    }
}
