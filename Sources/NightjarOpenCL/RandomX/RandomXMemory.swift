import NightjarAlgorithms
import NightjarCore

/// Device memory of a RandomX lane's batch: scratchpads, records and programs.
final class RandomXMemory {
    private let pads: ScratchpadBuffers
    private let records: Buffer
    private let raw: Buffer
    private let programs: Buffer
    private let reciprocals: Buffer
    /// `nil` if programs run in their own order.
    private let streams: Streams?

    /// What Split.cl makes of the programs.
    private struct Streams {
        let integers, extras, floats: Buffer
    }

    init(_ context: Context, _ parameters: RandomXParameters, launch: RandomXLaunch) throws(CallFailure) {
        // Programs of a whole group alternate in memory, even if the last group is not full.
        let groups = (launch.batch + launch.groupLoop - 1) / launch.groupLoop
        let hashes = groups * launch.groupLoop
        let programBytes = hashes * 8 * parameters.programSize
        pads = try ScratchpadBuffers(
            context, counts: launch.padBuffers, padsPerBuffer: launch.padsPerBuffer, bytes: parameters.scratchpadL3)
        records = try Buffer(context, bytes: launch.batch * Self.recordBytes, purpose: "records")
        raw = try Buffer(
            context, bytes: launch.batch * ((parameters.programBytes + 63) & ~63), purpose: "program bytes")
        programs = try Buffer(context, bytes: programBytes, purpose: "programs")
        reciprocals = try Buffer(context, bytes: programBytes, purpose: "reciprocals")
        streams =
            launch.streams == 0
            ? nil
            : Streams(
                integers: try Buffer(
                    context, bytes: hashes * 8 * RandomXLaunch.integerRows(parameters), purpose: "integer streams"),
                extras: try Buffer(
                    context, bytes: hashes * 8 * RandomXLaunch.integerRows(parameters),
                    purpose: "streams' extra words"),
                floats: try Buffer(
                    context, bytes: hashes * 4 * RandomXLaunch.floatRows(parameters), purpose: "float streams"))
    }

    /// Bytes of a hash's record, as in Parameters.cl.
    private static let recordBytes = 46 * 8

    /// Sets the buffers of the kernels that a lane keeps.
    func set(_ kernels: RandomXKernels) throws(CallFailure) {
        typealias Names = RandomXKernels
        for kernel in kernels.all { try kernel.set(Names.records, records) }
        for kernel in [kernels.fill, kernels.digest] { try pads.set(kernel) }
        for kernel in [kernels.generate, kernels.decode] { try kernel.set(Names.raw, raw) }
        try kernels.decode.set(Names.programs, programs)
        try kernels.decode.set(Names.reciprocals, reciprocals)
    }

    /// Sets the buffers of an epoch's kernels.
    func set(_ epoch: RandomXEpoch) throws(CallFailure) {
        typealias Names = RandomXKernels
        try epoch.execute.set(Names.records, records)
        try epoch.execute.set(Names.programs, streams?.integers ?? programs)
        try epoch.execute.set(Names.extras, streams?.extras ?? reciprocals)
        try pads.set(epoch.execute)
        guard let streams, let split = epoch.split else { return }
        try epoch.execute.set(Names.floats, streams.floats)
        try split.set(Names.records, records)
        try split.set(Names.programs, programs)
        try split.set(Names.reciprocals, reciprocals)
        try split.set(Names.integers, streams.integers)
        try split.set(Names.extras, streams.extras)
        try split.set(Names.floats, streams.floats)
    }
}
