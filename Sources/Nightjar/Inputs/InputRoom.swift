import NightjarCore
import NightjarDevices

/// A thread's arrays for inputs that are of several lists, kept from call to call.
struct InputRoom {
    private var addresses: [UnsafePointer<UInt8>?] = []
    private var sizes: [Int] = []
    private var digests: [Digest] = []

    /// Hashes parts of lists, which have one epoch, and stores the digests. The caller tells the lists that they are done.
    mutating func hash(_ parts: [InputList.Part], on lane: any Lane, _ algorithm: Algorithm) throws {
        guard let (list, range) = parts.first else { return }
        var parts = parts
        if parts.count == 1, let place = list.place(range) {
            let done = try goodDigests(of: list, range, on: lane, into: place)
            let rest = range.dropFirst(done)
            if list.areGood(rest) {
                return try lane.digests(
                    of: list.inputs[rest], algorithm, list.epoch,
                    into: UnsafeMutableBufferPointer(rebasing: place[done...]))
            }
            parts = [(list, rest)]
        }
        parts = gather(parts)
        guard !parts.isEmpty else { return }
        if digests.count < sizes.count { digests = Array(repeating: Digest(), count: sizes.count) }
        try addresses.withUnsafeBufferPointer { addresses in
            try sizes.withUnsafeBufferPointer { sizes in
                try digests.withUnsafeMutableBufferPointer { digests in
                    try lane.digests(
                        of: Inputs(addresses, sizes: sizes), algorithm, list.epoch,
                        into: UnsafeMutableBufferPointer(rebasing: digests[..<sizes.count]))
                }
            }
        }
        digests.withUnsafeBufferPointer { digests in
            var first = 0
            for (list, range) in parts {
                list.store(UnsafeBufferPointer(rebasing: digests[first..<first + range.count]), of: range)
                first += range.count
            }
        }
    }

    /// Lets a lane hash inputs that it looks at itself. Returns how many it has hashed.
    private func goodDigests(
        of list: InputList, _ range: Range<Int>, on lane: any Lane, into place: UnsafeMutableBufferPointer<Digest>
    ) throws -> Int {
        guard !list.isChecked, let lane = lane as? any InputLane else { return 0 }
        return try lane.goodDigests(of: list.inputs[range], list.epoch, into: place)
    }

    /// Collects the inputs that can be hashed, and refuses the others. Returns the parts of those that it collected.
    private mutating func gather(_ parts: [InputList.Part]) -> [InputList.Part] {
        addresses.removeAll(keepingCapacity: true)
        sizes.removeAll(keepingCapacity: true)
        let good = parts.flatMap { list, range in list.goodParts(of: range).map { (list: list, range: $0) } }
        for (list, range) in good {
            addresses.append(contentsOf: list.inputs.addresses[range])
            sizes.append(contentsOf: list.inputs.sizes[range])
        }
        return good
    }
}

extension Lane {
    /// Hashes inputs: together where the lane can, else one after the other.
    ///
    /// - Parameters: as of ``InputLane/digests(of:_:into:)``; `algorithm` is the lane's.
    func digests(
        of inputs: Inputs, _ algorithm: Algorithm, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>
    ) throws {
        if let lane = self as? any InputLane { return try lane.digests(of: inputs, epoch, into: digests) }
        for index in 0..<inputs.count {
            digests[index] = try digest(of: Work(algorithm: algorithm, input: Array(inputs[index]), epoch: epoch))
        }
    }

    /// How many inputs to give it at once.
    var mostInputs: Int { (self as? any InputLane)?.inputsAtOnce ?? batch }
}
