import Glibc
import NightjarOpenCL
import Synchronization

@main enum Main {
    static func main() async {
        Descriptors.occupyClosed()
        // A child of this program's own, which may die of a driver.
        if CommandLine.arguments.dropFirst().elementsEqual([DriverProbe.argument]) { DriverProbe.runChild() }
        DriverProbe.command.withLock { $0 = ["/proc/self/exe", DriverProbe.argument] }
        // A reader that went away is an error of the write that meets it, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let code = await Program.run(Array(CommandLine.arguments.dropFirst()))
        Terminal.Modes.restore()
        // Not `exit`: a driver's threads may still be compiling, and its handlers would tear down what they use.
        // Nothing here is buffered.
        _exit(code)
    }
}
