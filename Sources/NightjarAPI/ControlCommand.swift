import HTTPTypes
import NightjarJSON
import NightjarMiner

/// The commands to the miner through the API.
enum ControlCommand: String, Sendable, CaseIterable {
    case pause, resume, stop

    /// Executes the command. A stop begins only after the answer was sent, because it ends the process.
    ///
    /// Resuming ends a pause that a user asked for, through the API or with a key. Pauses for battery, hours and heat
    /// stay.
    /// - Returns: what to do after the answer was sent.
    func run(on control: any MinerControl) async -> (@Sendable () async -> Void)? {
        switch self {
        case .pause: await control.pause(.api)
        case .resume:
            await control.resume(.api)
            await control.resume(.user)
        case .stop: return { await control.stop(.request) }
        }
        return nil
    }

    /// The answer to `POST /pause` and the other commands.
    var reply: Reply { Reply(.fields(["status": .string("OK")])) }
}
