import HTTPTypes
import NightjarJSON
import NightjarMiner

/// What may be done to the miner through the API.
enum ControlCommand: String, Sendable, CaseIterable {
    case pause, resume, stop

    /// Does it. A stop is only begun once the answer has left, because the process ends with it.
    ///
    /// Resuming ends a pause that a user asked for, here or with a key. Pauses for battery, hours and heat stay.
    /// - Returns: what is to be done after the answer.
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

    /// The answer of `POST /pause` and its like.
    var reply: Reply { Reply(.fields(["status": .string("OK")])) }
}
