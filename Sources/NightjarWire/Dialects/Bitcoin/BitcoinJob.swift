import NightjarCore
import NightjarJSON

/// A pool's job with everything that decides about its shares. Two jobs with the same contents are one job.
package struct BitcoinJob: WireJob {
    package let name: String
    /// The name as it stood on the wire: a pool that sent a number wants the number back.
    package let wireName: JSON
    package let template: HeaderTemplate
    /// The version bits that may be rolled; `nil` without version rolling.
    package let mask: UInt32?
    package let difficulty: BitcoinDifficulty

    /// The same name for other headers. Another difficulty or mask does not change what a share is.
    package func isReplaced(by later: BitcoinJob) -> Bool { name == later.name && template != later.template }

    /// The same job under another mask.
    func rolling(_ mask: UInt32?) -> BitcoinJob {
        BitcoinJob(name: name, wireName: wireName, template: template, mask: mask, difficulty: difficulty)
    }

    /// The job with its identity in this process.
    ///
    /// - Parameters:
    ///   - latest: the latest time that a header may have, in seconds since 1970.
    ///   - endsEarlierJobs: whether the pool takes no shares of earlier jobs any more.
    /// - Throws: ``NightjarError`` when the algorithm does not hash block headers.
    package func job(_ id: JobID, _ algorithm: Algorithm, latest: UInt32, endsEarlierJobs: Bool) throws(NightjarError)
        -> DialectJob
    {
        let source = try HeaderSource(
            algorithm, template, mask: mask ?? 0, start: start,
            seconds: latest > template.time ? latest - template.time : 0)
        return DialectJob(
            job: Job(id: id, algorithm: algorithm, source: source, target: difficulty.target),
            name: OutsideText(theirs: name, limit: JobReader.maximumIDLength),
            height: template.height.flatMap { $0 < JobReader.heightLimit ? $0 : nil }, difficulty: difficulty.shown,
            parent: template.previous, endsEarlierJobs: endsEarlierJobs)
    }

    /// Two jobs that differ in difficulty or mask alone have the same headers: each begins elsewhere.
    private var start: UInt64 {
        // FNV-1a, over what tells such jobs apart.
        let bytes =
            Array(difficulty.shown.text.utf8) + (0..<4).map { UInt8(truncatingIfNeeded: (mask ?? 0) >> (8 * $0)) }
        return bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
