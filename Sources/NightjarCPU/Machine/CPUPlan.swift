import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// Plans and makes lanes, in the same way for every family.
extension CPUFamily {
    /// Whether `algorithm` belongs to this family.
    static func runs(_ algorithm: Algorithm) -> Bool { algorithm.parameters is Parameters }

    /// The parameters of an algorithm of this family. Another family's algorithm traps.
    private func parameters(of algorithm: Algorithm) -> Parameters {
        guard let parameters = algorithm.parameters as? Parameters else {
            preconditionFailure("\(algorithm) is of another family")
        }
        return parameters
    }

    /// Prepares a coming seed of `algorithm`. Blocks the thread.
    func prepareAhead(_ algorithm: Algorithm, seed: [UInt8]) { prepareAhead(parameters(of: algorithm), seed: seed) }

    /// Plans one lane on each core whose cache can feed it, or as many lanes as the caller wants.
    func plan(
        _ algorithm: Algorithm, on machine: CPUMachine, _ topology: Topology, threads: Int?, settles: Bool
    ) -> LanePlan {
        let parameters = parameters(of: algorithm)
        let (layout, implementation, pages) = (topology.layout, machine.implementation, machine.pages)
        let choice = LaneChoice(
            layout, scratchpad: parameters.scratchpad, threads: threads, share: machine.share)
        let widths = widths(parameters, implementation, settles: settles, choice)
        let explanation =
            [choice.explanation]
            + self.explanation(
                parameters, implementation, scratchpadsPerLane: choice.scratchpadsPerLane, settles: settles)
        // Keep what the lanes of an earlier plan have, so that this plan's lanes find it.
        let keeper = keeper()
        let reserve = machine.reserve
        let needed = needed(
            parameters, lanes: choice.places.count, widths, settles: settles, verifiers: reserve.pages)
        let hint = pages == .reserved ? HugePages.hint(needed: needed) : nil
        let preparing = threads ?? Self.threads(layout)
        let shared = Self.sharedWidths(widths, layout, choice)
        let lanes = choice.places.map { place -> @Sendable () throws -> any Lane in
            let widths = shared[layout.lastCache(core: place.core)] ?? SharedWidths(CPUWidths(1...1))
            return { [keeper] in
                _ = keeper
                var remarks: [String] = []
                var bound: Int?
                do throws(NightjarError) {
                    try topology.pinThread(to: place.unit)
                    bound = place.unit
                } catch {
                    remarks.append("a thread could not be pinned to PU \(place.unit): \(error.reason)")
                }
                return try self.lane(
                    algorithm, parameters,
                    CPULaneResources(
                        implementation: implementation, widths: widths, pages: pages, reserve: reserve,
                        threads: preparing, unit: bound, remarks: remarks))
            }
        }
        return LanePlan(
            lanes: lanes, madeAtOnce: layout.units, explanation: explanation, hints: hint.map { [$0] } ?? [])
    }

    /// Makers of as many lanes as a plan would have, bound to no core.
    func unboundLanes(
        _ algorithm: Algorithm, on machine: CPUMachine, _ topology: Topology, threads: Int?, settles: Bool,
        mostWidth: Int?
    ) -> UnboundLanes {
        let parameters = parameters(of: algorithm)
        let (layout, implementation, pages) = (topology.layout, machine.implementation, machine.pages)
        let choice = LaneChoice(
            layout, scratchpad: parameters.scratchpad, threads: threads, share: machine.share)
        var widths = widths(parameters, implementation, settles: settles, choice)
        if let mostWidth { widths.list = [min(mostWidth, widths.most)] }
        let preparing = threads ?? Self.threads(layout)
        let shared = Self.sharedWidths(widths, layout, choice)
        let makers = choice.places.map { place -> @Sendable () throws -> any InputLane in
            let widths = shared[layout.lastCache(core: place.core)] ?? SharedWidths(CPUWidths(1...1))
            return {
                try self.lane(
                    algorithm, parameters,
                    CPULaneResources(
                        implementation: implementation, widths: widths, pages: pages, reserve: nil, threads: preparing,
                        unit: nil, remarks: []))
            }
        }
        return UnboundLanes(
            makers: makers, scratchpads: makers.count * widths.most * (parameters.scratchpad ?? 0))
    }

    /// A lane on the calling thread, without pinning.
    func lane(
        _ algorithm: Algorithm, on machine: CPUMachine, implementation: Implementation, width: Int
    ) throws(NightjarError) -> any InputLane {
        let parameters = parameters(of: algorithm)
        // The widths of native code: the other code gives the same digests with them.
        var widths = widths(parameters, .native, settles: false)
        let width = min(width, widths.most)
        widths.list = [width]
        return try self.lane(
            algorithm, parameters,
            CPULaneResources(
                implementation: implementation, widths: SharedWidths(widths), pages: machine.pages, reserve: nil,
                threads: 1, unit: nil, remarks: []))
    }

    /// The widths of a lane. Comparing begins with no more scratchpads than fit into its part of the cache.
    private func widths(
        _ parameters: Parameters, _ implementation: Implementation, settles: Bool, _ choice: LaneChoice
    ) -> CPUWidths {
        var widths = widths(parameters, implementation, settles: settles)
        if let fit = choice.scratchpadsPerLane { widths.first = min(fit, widths.first ?? fit) }
        return widths
    }

    /// One ``SharedWidths`` for each last-level cache that lanes share.
    private static func sharedWidths(
        _ widths: CPUWidths, _ layout: ProcessorLayout, _ choice: LaneChoice
    ) -> [Int?: SharedWidths] {
        let caches = Set(choice.places.map { layout.lastCache(core: $0.core) })
        return Dictionary(uniqueKeysWithValues: caches.map { ($0, SharedWidths(widths)) })
    }

    /// The number of processing units that the process may use.
    private static func threads(_ layout: ProcessorLayout) -> Int {
        max(1, min(layout.units, Int((layout.quota ?? Double(layout.units)).rounded(.up))))
    }

    /// The number of 2 MiB pages for the lanes, for verifiers, and for what lanes share, less what is already in use.
    ///
    /// - Parameter verifiers: the pages that are held for verifiers; one verifier at least is counted.
    private func needed(
        _ parameters: Parameters, lanes: Int, _ widths: CPUWidths, settles: Bool, verifiers: Int
    ) -> Int {
        let shared = sharedPages(parameters, settles: settles)
        guard let scratchpad = parameters.scratchpad else { return shared + verifiers }
        let verifiers = max(verifiers, HugePages.pages(scratchpad))
        return lanes * HugePages.pages(widths.most * scratchpad) + verifiers + shared
    }
}
