import CNightjar
import Nightjar
import NightjarCore
import NightjarDevices

@c @implementation package func nj_search_start(
    _ search: UnsafeMutablePointer<OpaquePointer?>!, _ engine: OpaquePointer!, _ job: UnsafePointer<nj_job>!,
    _ devices: UnsafePointer<CChar>!, _ found: nj_found!, _ user: UnsafeMutableRawPointer!
) -> Int32 {
    status { () throws(NightjarError) in
        let search = try NightjarError.required(search)
        let engine: EngineObject = try Objects.object(engine)
        let found = try NightjarError.required(found)
        let job = try readJob(job)
        let core = try engine.core(devices: try devices.map(selectors))
        guard core.devices.contains(where: { core.support(for: job.algorithm, on: $0.id) == .supported }) else {
            throw .noDevice(reason: "none can run \(job.algorithm)", code: .unsupported)
        }
        let caller = FoundCaller(found: found, user: user)
        let object = SearchObject(try LiveSearch(core, job) { caller.call($0) }, engine)
        search.pointee = Objects.pointer(object)
    }
}

@c @implementation package func nj_search_update(_ search: OpaquePointer!, _ job: UnsafePointer<nj_job>!) -> Int32 {
    status { () throws(NightjarError) in
        let search: SearchObject = try Objects.object(search)
        try search.live.replace(try readJob(job))
    }
}

@c @implementation package func nj_search_hashes(_ search: OpaquePointer!, _ hashes: UnsafeMutablePointer<UInt64>!)
    -> Int32
{
    status { () throws(NightjarError) in
        let search: SearchObject = try Objects.object(search)
        let hashes = try NightjarError.required(hashes)
        hashes.pointee = try search.live.hashes()
    }
}

@c @implementation package func nj_search_stop(_ search: OpaquePointer!) -> Int32 {
    status { () throws(NightjarError) in
        guard let search else { return }
        try Objects.object(search, as: SearchObject.self).stop()
        Objects.free(search, as: SearchObject.self)
    }
}

/// A search of the C interface.
final class SearchObject: Sendable {
    let live: LiveSearch
    private let engine: EngineObject

    init(_ live: LiveSearch, _ engine: EngineObject) {
        (self.live, self.engine) = (live, engine)
        engine.enter()
    }

    func stop() throws(NightjarError) {
        try live.stop()
        engine.leave()
    }
}

/// Calls the caller's function. Unchecked: what `user` points to is the caller's business, and one call runs at a time.
private struct FoundCaller: @unchecked Sendable {
    let found:
        @convention(c) (
            UnsafeMutableRawPointer?, UInt32, UnsafePointer<UInt8>?, UnsafePointer<CChar>?
        ) -> Void
    let user: UnsafeMutableRawPointer?

    func call(_ share: Share) {
        let digest = share.digest.bytes
        share.device.description.withCString { device in found(user, share.nonce, digest, device) }
    }
}

/// The devices that a caller names.
private func selectors(_ names: UnsafePointer<CChar>) throws(NightjarError) -> [DeviceSelector] {
    var selectors: [DeviceSelector] = []
    for name in String(cString: names).split(separator: ",", omittingEmptySubsequences: false) {
        guard let selector = DeviceSelector(name) else { throw .noSuchDevice(String(name), present: []) }
        selectors.append(selector)
    }
    return selectors
}

private func readJob(_ pointer: UnsafePointer<nj_job>?) throws(NightjarError) -> Job {
    let job = try Structures.read(try NightjarError.required(pointer))
    let algorithm = try NightjarC.algorithm(job.algorithm)
    let epoch = try NightjarC.epoch(algorithm, height: job.height, job.seed, job.seed_size)
    let (end, isBeyond) = job.first_nonce.addingReportingOverflow(job.nonce_count)
    guard job.nonce_count > 0, !isBeyond, end <= 1 << 32 else {
        throw .badArgument
    }
    let work = try Work(
        algorithm: algorithm, input: input(algorithm, job.input, job.input_size), nonceOffset: job.nonce_offset,
        epoch: epoch)
    return Job(
        work: work, target: Target(words: Digest(tuple: job.target).words),
        nonces: NonceSpace(first: UInt32(job.first_nonce), last: UInt32(end - 1)))
}
