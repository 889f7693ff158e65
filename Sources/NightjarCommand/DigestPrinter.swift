import Nightjar
import NightjarCore
import NightjarPlatform
import Synchronization

/// Prints digests, one a line, until one cannot be had or printed. One thread prints; others may ask.
final class DigestPrinter: Sendable {
    private let failure = Locked<CommandError?>(nil)
    private let commitment: Bool

    /// - Parameter commitment: whether commitments are printed, in place of digests.
    init(commitment: Bool) { self.commitment = commitment }

    var hasFailed: Bool { failure.withLock { $0 != nil } }

    /// - Throws: why the command cannot go on.
    func check() throws(CommandError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Waits for the digest of a line, and prints it.
    ///
    /// - Parameter number: the line's, counted from 1.
    func print(_ answer: PendingProof, line number: Int) {
        // Nothing after a failure is wanted.
        guard !hasFailed else { return answer.giveUp() }
        do throws(CommandError) {
            let proof: Proof
            do { proof = try answer.wait() } catch {
                throw CommandError(.failed, "line \(number): \(error)")
            }
            try Output.line((commitment ? proof.compared : proof.digest).description)
        } catch { failure.withLock { $0 = error } }
    }
}
