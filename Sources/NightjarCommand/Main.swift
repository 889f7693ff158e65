import Glibc
import NightjarOpenCL
import NightjarPlatform
import Synchronization

@main enum Main {
    /// Not `async`: Swift would start a thread before the first line, and wait for ever where it may not.
    static func main() {
        AddressSpace.save()
        Descriptors.occupyClosed()
        // This is a child process in which an OpenCL driver may crash.
        DriverChild.run(CommandLine.arguments.dropFirst())
        Output.keepForUs()
        // Other commands have nothing that must end in order.
        if CommandLine.arguments.dropFirst().first == MineCommand.name {
            SignalPipe.open()
            if let fault = ThreadRoom.fault(needing: ThreadRoom.helpers) {
                Output.standardError("error: \(fault)")
                _exit(ExitStatus.failed.rawValue)
            }
        }
        OpenFileLimit.raise()
        DriverCaches.confine()
        DriverChild.program.withLock { $0 = "/proc/self/exe" }
        // Where a user waits. The log of `mine` says it anywhere.
        if Output.errorIsTerminal { ProgramTrial.tell.withLock { $0 = { Output.standardError($0) } } }
        // When a pipe's reader has gone, the write must fail; the signal must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let secrets = SecretArguments(arguments)
        secrets.hide()
        // Detached: this function belongs to the main thread, which is busy with signals from here on.
        Task.detached {
            let code = await NightjarProgram.run(arguments, secrets: secrets)
            Terminal.Modes.restore()
            DriverCaches.remove()
            // Not `exit`: a driver's threads may still be compiling, and exit handlers would destroy what they use. No
            // output is buffered here.
            _exit(code)
        }
        // libdispatch's threads take no signals. This one does, even those that the parent process blocked.
        var none = sigset_t()
        sigemptyset(&none)
        while true { sigsuspend(&none) }
    }
}
