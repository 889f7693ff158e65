import CHashing

/// What of a block header's hash does not depend on the nonce: the scan's arguments, once a job.
struct SHA256dHeader {
    /// Bytes of a header. The nonce is the last four.
    static let length = 80
    static let nonceOffset = 76

    /// NJ_JOB_ARGUMENTS of the scan.
    static let parameters = KernelParameterGroup(names.map { KernelParameter<UInt32>($0) })

    /// In the order of the source.
    private static let names =
        (0..<8).map { "mid\($0)" } + "abcdefg".map { "start_\($0)" } + (4...6).map { "sum\($0)" }
        + [16, 17, 18, 19, 31].map { "word\($0)" }

    /// In the order of the names.
    private let values: [UInt32]

    /// - Parameter header: its nonce does not matter.
    init(_ header: [UInt8]) {
        precondition(header.count == Self.length, "not a header")
        var job = nj_sha256d_job()
        nj_sha256d_prepare(&job, header, 1)
        let work = job.work.0
        let (middle, state, sums) = (work.midstate, work.state3, work.sums)
        values = [
            middle.0, middle.1, middle.2, middle.3, middle.4, middle.5, middle.6, middle.7,
            work.a, state.0, state.1, state.2, work.e, state.4, state.5,
            sums.0, sums.1, sums.2, job.w16, job.w17, job.w18, job.w19, job.w31,
        ]
    }

    /// Sets the parameters of the scan.
    func set(_ kernel: Kernel) throws(CallFailure) {
        for (name, value) in zip(Self.names, values) { try kernel.set(KernelParameter<UInt32>(name), value) }
    }
}
