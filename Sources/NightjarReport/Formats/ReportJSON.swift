import NightjarJSON

extension BenchReport {
    /// The object that `bench --json` prints. Members of schema 1 come first and keep their meaning.
    package var json: JSON {
        var fields: [JSON.Field] = [
            .init("version", .string(version)), .init("host", host.json), .init("results", .array(results.map(\.json))),
            .init("schema", .integer(Int64(Self.schema))), .init("created", .optional(created)),
            .init("command", .optional(command)), .init("conditions", conditions?.json ?? .null),
            .init("devices", .array(devices.map(\.json))), .init("warnings", .array(warnings.map(JSON.string))),
            .init("comparisons", .array(comparisons.map(\.json))),
        ]
        if let together { fields.append(.init("together", together.json)) }
        if !scan.isEmpty { fields.append(.init("scan", .array(scan.map(\.json)))) }
        if !costs.isEmpty { fields.append(.init("costs", .array(costs.map(\.json)))) }
        if let baseline { fields.append(.init("baseline", baseline.json)) }
        return .object(fields)
    }
}

extension JSON {
    /// Seven significant digits: more than any measurement has, and a speed of a thousandth of a hash keeps its digits.
    package static func measured(_ value: Double?) -> JSON {
        guard let value, value.isFinite else { return .null }
        guard value != 0 else { return .number("0") }
        var (scale, size) = (1.0, abs(value))
        while size * scale < 1e6, scale < 1e300 { scale *= 10 }
        if size * scale < 1e7 {
            let rounded = (value * scale).rounded() / scale
            return .number(rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded))
        }
        var divisor = 1.0
        while size >= 1e7 {
            size /= 10
            divisor *= 10
        }
        let rounded = (value / divisor).rounded() * divisor
        return abs(rounded) < 9e15 ? .number(String(Int64(rounded))) : .number(String(rounded))
    }

    fileprivate static func whole(_ value: Int?) -> JSON { value.map { .integer(Int64($0)) } ?? .null }
}

extension ReportHost {
    fileprivate var json: JSON {
        .fields([
            "cpu": .string(cpu), "cores": .whole(cores), "os": .string(os),
            "hugePages": hugePages.map(JSON.bool) ?? .null,
        ])
    }
}

extension ReportDevice {
    fileprivate var json: JSON {
        var fields: [JSON.Field] = [
            .init("id", .string(id)), .init("kind", .string(kind)), .init("name", .string(name)),
            .init("platform", .optional(platform)), .init("driver", .optional(driver)),
            .init("computeUnits", .whole(computeUnits)), .init("memory", memory.map(JSON.unsigned) ?? .null),
            .init("fp64", fp64.map(JSON.bool) ?? .null),
        ]
        if let sameSiliconAs { fields.append(.init("sameSiliconAs", .string(sameSiliconAs))) }
        fields += [.init("powerSource", .optional(powerSource)), .init("idleWatts", .measured(idleWatts))]
        if let powerLimit { fields.append(.init("powerLimit", .measured(powerLimit))) }
        return .object(fields)
    }
}

extension BenchRow {
    fileprivate var json: JSON {
        var fields: [JSON.Field] = [
            .init("algorithm", .string(algorithm)), .init("device", .string(device)),
            .init("deviceName", .string(deviceName)), .init("threads", .whole(threads)),
            .init("hashes", .unsigned(hashes)), .init("seconds", .measured(seconds)),
            .init("hashrate", .measured(hashrate)), .init("setupSeconds", .measured(setupSeconds)),
            .init("checksum", .optional(checksum)), .init("verified", .bool(isVerified)),
            .init("explanation", .array(explanation.map(JSON.string))),
        ]
        if let datasetSeconds { fields.append(.init("datasetSeconds", .measured(datasetSeconds))) }
        if let mode { fields.append(.init("mode", .string(mode))) }
        if let error { fields.append(.init("error", .string(error))) }
        fields += [
            .init("unit", .string("H/s")), .init("low", .measured(interval?.lowerBound)),
            .init("high", .measured(interval?.upperBound)), .init("repetitions", .whole(samples.count)),
            .init("warmupSeconds", .measured(warmupSeconds)), .init("joulesPerHash", .measured(joulesPerHash)),
            .init("netJoulesPerHash", .measured(netJoulesPerHash)), .init("watts", .measured(watts)),
            .init("powerSource", .optional(powerSource)),
        ]
        if let throttle { fields.append(.init("throttle", .array(throttle.map(JSON.string)))) }
        if !limits.isEmpty { fields.append(.init("limits", .array(limits.map(\.json)))) }
        fields.append(.init("samples", .array(samples.map(\.json))))
        return .object(fields)
    }
}

extension BenchSample {
    fileprivate var json: JSON {
        var fields: [JSON.Field] = [
            .init("start", .measured(start)), .init("seconds", .measured(seconds)), .init("hashes", .unsigned(hashes)),
            .init("joules", .measured(joules)), .init("temperature", .measured(temperature)),
        ]
        if let clock { fields.append(.init("clock", .measured(clock))) }
        return .object(fields)
    }
}

extension ReachedLimit {
    fileprivate var json: JSON {
        .fields([
            "name": .string(name), "unit": .string(unit), "reached": .measured(reached),
            "measured": .measured(measured), "share": .measured(share),
        ])
    }
}

extension ReportConditions {
    fileprivate var json: JSON {
        .fields([
            "cpu": .optional(cpu), "cores": .whole(cores), "governor": .optional(governor),
            "frequencyMHz": .measured(frequencyMHz), "virtual": .optional(virtual), "steal": .measured(steal),
            "load": load.map { .array($0.map { JSON.measured($0) }) } ?? .null, "hugePages": hugePages?.json ?? .null,
            "memory": memory.map(JSON.unsigned) ?? .null, "kernel": .optional(kernel),
            "microcode": .optional(microcode), "mitigations": mitigations.map(Note.json) ?? .null,
            "unavailable": Note.json(unavailable),
        ])
    }
}

extension ReportConditions.Note {
    fileprivate static func json(_ notes: [Self]) -> JSON { .object(notes.map { .init($0.name, .string($0.text)) }) }
}

extension ReportConditions.HugePages {
    fileprivate var json: JSON {
        .fields(["2M": .whole(twoMebibytes), "1G": .whole(oneGibibyte), "transparent": .optional(transparent)])
    }
}

extension MeasuredPair {
    fileprivate var fields: [JSON.Field] { [.init("algorithm", .string(algorithm)), .init("device", .string(device))] }
}

extension RateComparison {
    fileprivate var json: JSON {
        .fields([
            "a": .object(a.fields), "b": .object(b.fields), "ratio": .measured(ratio.ratio),
            "low": .measured(ratio.interval?.lowerBound), "high": .measured(ratio.interval?.upperBound),
            "verdict": .string(verdict.rawValue),
        ])
    }
}

extension BaselineComparison {
    /// With the name of the file that is compared, where there are several.
    func json(of name: String) -> JSON {
        .fields([
            "a": .string(name), "b": .string(file), "comparisons": .array(comparisons.map(\.json)),
        ])
    }

    fileprivate var json: JSON {
        .fields(["file": .string(file), "comparisons": .array(comparisons.map(\.json))])
    }
}

extension TogetherRates {
    fileprivate var json: JSON {
        .fields([
            "results": .array(results.map { .object($0.pair.fields + [.init("hashrate", .measured($0.hashrate))]) }),
            "sums": .array(
                sums.map { .fields(["algorithm": .string($0.algorithm), "hashrate": .measured($0.hashrate)]) }),
        ])
    }
}

extension ScanPoint {
    fileprivate var json: JSON {
        var fields = pair.fields
        if let threads { fields.append(.init("threads", .whole(threads))) }
        if let batch { fields.append(.init("batch", .whole(batch))) }
        return .object(fields + [.init("hashrate", .measured(hashrate))])
    }
}

extension DailyCost {
    fileprivate var json: JSON { .object(pair.fields + [.init("perDay", .measured(perDay))]) }
}
