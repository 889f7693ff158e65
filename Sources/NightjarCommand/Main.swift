import Glibc

@main enum Main {
    static func main() async {
        Descriptors.occupyClosed()
        // A reader that went away is an error of the write that meets it, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let code = await Program.run(Array(CommandLine.arguments.dropFirst()))
        Terminal.Modes.restore()
        // Not `exit`: a driver's threads may still be compiling, and its handlers would tear down what they use.
        // Nothing here is buffered.
        _exit(code)
    }
}
