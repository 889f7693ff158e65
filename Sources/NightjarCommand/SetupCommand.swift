import ArgumentParser
import Glibc
import NightjarCPU
import NightjarMiner
import NightjarPlatform

struct SetupCommand: Subcommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Print the commands that set up huge pages; with --apply, run them.",
        discussion: """
            Huge pages make hashing faster, and only root can set them aside. No other command needs root. Without --apply \
            this command changes nothing.
            """)

    @Flag(help: "Run the commands; as root.")
    var apply = false

    @Option(help: ArgumentHelp("How many pages of 2 MiB; without it, enough for RandomX on all cores.", valueName: "n"))
    var pages: Int?

    /// Pages for one RandomX dataset on each NUMA node, three caches, one scratchpad for each processing unit, and a
    /// few more.
    private static var needed: Int {
        let nodes = max(1, (0..<64).count { access("/sys/devices/system/node/node\($0)", F_OK) == 0 })
        let units = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let (dataset, cache) = (1040, 128)
        return (nodes * dataset + 3 * cache + units + 99) / 50 * 50
    }

    /// `--apply` needs root.
    static var warnsOfRoot: Bool { false }

    func execute() async throws(CommandError) -> Int32 {
        if let pages, !(1...1_000_000).contains(pages) {
            throw CommandError(.usage, "--pages \(pages): a number from 1 to 1000000 is needed")
        }
        let wanted = pages ?? Self.needed
        guard let present = TextFile.integer("/proc/sys/vm/nr_hugepages") else {
            throw CommandError(.failed, "this system has no huge pages to set aside")
        }
        // Setting fewer pages than there are would take pages away from other programs.
        guard present < wanted else {
            try Output.line("\(present) huge pages of 2 MiB are set aside; \(wanted) are wanted: nothing to do")
            return 0
        }
        let file = "/etc/sysctl.d/60-nightjar.conf"
        let commands = [
            ["sysctl", "-w", "vm.nr_hugepages=\(wanted)"],
            ["sh", "-c", "echo vm.nr_hugepages=\(wanted) >\(file)"],
        ]
        guard apply else {
            try Output.line(
                "# as root: now, and after every start of the machine (\(present) of \(wanted) pages are set aside)")
            for command in commands { try Output.line(command.map(Self.quoted).joined(separator: " ")) }
            try Output.line(
                "# pages of 1 GiB make RandomX faster still; set them aside on the kernel's command line:")
            try Output.line("#   hugepagesz=1G hugepages=3")
            return 0
        }
        guard geteuid() == 0 else {
            throw CommandError(.failed, "only root can set up huge pages: run 'sudo nightjar setup --apply'")
        }
        // Whatever root's own mask is, others must not be able to write the file.
        umask(0o022)
        for command in commands {
            try Output.line(command.map(Self.quoted).joined(separator: " "))
            let status = try Self.run(command)
            guard status == 0 else { throw CommandError(.failed, "\(command[0]) ended with \(status)") }
        }
        // The kernel reports success even when it found room for fewer pages.
        let got = TextFile.integer("/proc/sys/vm/nr_hugepages") ?? 0
        if got < wanted {
            try Output.line(
                "the kernel found room for \(got) of \(wanted) pages; after a restart of the machine it finds more")
        }
        return 0
    }

    private static func quoted(_ word: String) -> String {
        word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./".contains($0) } ? word : "'\(word)'"
    }

    /// Runs a command, and returns its exit status as a shell would.
    private static func run(_ words: [String]) throws(CommandError) -> Int32 {
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, Output.descriptor, STDOUT_FILENO)
        var id = pid_t()
        let code = posix_spawnp(&id, words[0], &actions, nil, arguments, environ)
        guard code == 0 else { throw CommandError(.failed, "\(words[0]): \(errorText(code))") }
        var status: Int32 = 0
        while waitpid(id, &status, 0) != id {
            guard errno == EINTR else { throw CommandError(.failed, "waitpid: \(errorText(errno))") }
        }
        // The same decoding as the macros of <sys/wait.h>.
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
