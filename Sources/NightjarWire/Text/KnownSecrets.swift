import NightjarPlatform
import Synchronization

/// The door for text from outside, and the secrets of a run, which the door covers.
///
/// All pools and nodes of a run share it, because one pool may repeat what another one was told.
package final class KnownSecrets: Sendable {
    private let state: Locked<(secrets: [String], redact: Redactor)>

    package init(_ secrets: [String] = []) { state = Locked((secrets, Redactor(secrets))) }

    /// Adds passwords and tokens. They stay known, also after a configuration without them: a pool may still repeat
    /// them.
    package func add(_ secrets: [String]) {
        state.withLock { state in
            let new = secrets.filter { !state.secrets.contains($0) }
            guard !new.isEmpty else { return }
            state.secrets += new
            state.redact = Redactor(state.secrets)
        }
    }

    /// Makes words from outside fit to be shown: secrets covered, control characters visible, and cut.
    package func callAsFunction(_ text: OutsideText) -> String {
        let redact = state.withLock { $0.redact }
        return redact(text)
    }
}
