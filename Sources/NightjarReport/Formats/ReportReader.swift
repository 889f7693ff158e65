import NightjarJSON

/// Why a file is no report, in words that end a sentence.
package struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension BenchReport {
    /// The most bytes of a file that is read: far more than any report has.
    package static let mostBytes = 64 << 20
    /// The most results and samples of a report that is read, so that no file makes one of a gigabyte.
    private static let mostRows = 10_000

    /// Reads the object that `bench --json` prints, of schema 1 or 2.
    ///
    /// - Throws: ``ReportError``.
    package init(json: JSON) throws(ReportError) {
        let reader = MemberReader(json, "the report")
        let schema = try reader.whole("schema") ?? 1
        guard (1...Self.schema).contains(schema) else {
            throw ReportError("it has schema \(schema), and this version knows 1 to \(Self.schema)")
        }
        guard let version = try reader.text("version"), let results = try reader.list("results"),
            let host = try reader.member("host")
        else { throw ReportError("it lacks version, host or results, which every report has") }
        guard results.count <= Self.mostRows else { throw ReportError("it has more than \(Self.mostRows) results") }
        self.init(version: version, host: try ReportHost(host), results: [])
        for result in results { self.results.append(try BenchRow(result)) }
        guard self.results.reduce(0, { $0 + $1.samples.count }) <= Self.mostRows else {
            throw ReportError("it has more than \(Self.mostRows) samples")
        }
        created = try reader.text("created")
        command = try reader.text("command")
        if let member = try reader.member("conditions") { conditions = try ReportConditions(member) }
        for device in try reader.list("devices") ?? [] { devices.append(try ReportDevice(device)) }
        for warning in try reader.list("warnings") ?? [] { warnings.append(try warning.whole(\.string, "text")) }
        for comparison in try reader.list("comparisons") ?? [] { comparisons.append(try RateComparison(comparison)) }
        if let member = try reader.member("together") { together = try TogetherRates(member) }
        for point in try reader.list("scan") ?? [] { scan.append(try ScanPoint(point)) }
        for cost in try reader.list("costs") ?? [] { costs.append(try DailyCost(cost)) }
        if let member = try reader.member("baseline") { baseline = try BaselineComparison(member) }
    }
}

/// Reads the members of an object, and names the one that is wrong.
private struct MemberReader {
    let json: JSON
    let place: String

    init(_ json: JSON, _ place: String) {
        self.json = json
        self.place = place
    }

    private func read<Value>(_ name: String, _ kind: String, _ value: (JSON) -> Value?) throws(ReportError) -> Value? {
        guard json.object != nil else { throw ReportError("\(place) is \(json.kind), not an object") }
        guard let member = json[name] else { return nil }
        guard let read = value(member) else { throw ReportError("'\(name)' of \(place) is not \(kind)") }
        return read
    }

    /// The value itself, such as an element of a list.
    func whole<Value>(_ value: (JSON) -> Value?, _ kind: String) throws(ReportError) -> Value {
        guard let value = value(json) else { throw ReportError("an element of \(place) is not \(kind)") }
        return value
    }

    func text(_ name: String) throws(ReportError) -> String? { try read(name, "text", \.string) }

    func flag(_ name: String) throws(ReportError) -> Bool? { try read(name, "true or false", \.bool) }

    func whole(_ name: String) throws(ReportError) -> Int? {
        try read(name, "a whole number") { $0.int64.flatMap { Int(exactly: $0) } }
    }

    func natural(_ name: String) throws(ReportError) -> UInt64? { try read(name, "a natural number", \.uint64) }

    func number(_ name: String) throws(ReportError) -> Double? {
        try read(name, "a number that can be measured") { $0.double.flatMap { abs($0) < 1e30 ? $0 : nil } }
    }

    /// A number that is not below zero.
    func amount(_ name: String) throws(ReportError) -> Double? {
        guard let value = try number(name) else { return nil }
        guard value >= 0 else { throw ReportError("'\(name)' of \(place) is below zero") }
        return value
    }

    func member(_ name: String) throws(ReportError) -> MemberReader? {
        try read(name, "an object") { $0.object == nil ? nil : MemberReader($0, "'\(name)'") }
    }

    func list(_ name: String) throws(ReportError) -> [MemberReader]? {
        try read(name, "a list") { $0.array?.map { MemberReader($0, "'\(name)'") } }
    }

    func texts(_ name: String) throws(ReportError) -> [String]? {
        guard let list = try list(name) else { return nil }
        var texts: [String] = []
        for element in list { texts.append(try element.whole(\.string, "text")) }
        return texts
    }

    func notes(_ name: String) throws(ReportError) -> [ReportConditions.Note]? {
        guard let fields = try member(name)?.json.object?.fields else { return nil }
        return fields.compactMap { field in field.value.string.map { .init(field.name, $0) } }
    }

    func required<Value>(_ name: String, _ value: Value?) throws(ReportError) -> Value {
        guard let value else { throw ReportError("\(place) lacks '\(name)'") }
        return value
    }

    var pair: MeasuredPair {
        get throws(ReportError) {
            MeasuredPair(
                try required("algorithm", text("algorithm")), try required("device", text("device")))
        }
    }

    /// The interval from `low` to `high`; `nil` where one of them is missing.
    var interval: ClosedRange<Double>? {
        get throws(ReportError) {
            guard let low = try number("low"), let high = try number("high") else { return nil }
            guard low <= high else { throw ReportError("'low' of \(place) is above 'high'") }
            return low...high
        }
    }
}

extension ReportHost {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(
            cpu: try reader.text("cpu") ?? "unknown", cores: try reader.whole("cores"),
            os: try reader.text("os") ?? "unknown", hugePages: try reader.flag("hugePages"))
    }
}

extension ReportDevice {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(
            id: try reader.required("id", reader.text("id")), kind: try reader.text("kind") ?? "unknown",
            name: try reader.text("name") ?? "")
        platform = try reader.text("platform")
        driver = try reader.text("driver")
        computeUnits = try reader.whole("computeUnits")
        memory = try reader.natural("memory")
        fp64 = try reader.flag("fp64")
        sameSiliconAs = try reader.text("sameSiliconAs")
        powerSource = try reader.text("powerSource")
        idleWatts = try reader.amount("idleWatts")
        powerLimit = try reader.amount("powerLimit")
    }
}

extension BenchRow {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        let pair = try reader.pair
        self.init(
            algorithm: pair.algorithm, device: pair.device, deviceName: try reader.text("deviceName") ?? "")
        threads = try reader.whole("threads")
        hashes = try reader.natural("hashes") ?? 0
        seconds = try reader.amount("seconds") ?? 0
        setupSeconds = try reader.amount("setupSeconds")
        datasetSeconds = try reader.amount("datasetSeconds")
        warmupSeconds = try reader.amount("warmupSeconds")
        checksum = try reader.text("checksum")
        isVerified = try reader.flag("verified") ?? false
        // A speed that was not verified is none, whatever the file says.
        hashrate = isVerified ? try reader.amount("hashrate") : nil
        error = try reader.text("error")
        mode = try reader.text("mode")
        for line in try reader.list("explanation") ?? [] { explanation.append(try line.whole(\.string, "text")) }
        for sample in try reader.list("samples") ?? [] { samples.append(try BenchSample(sample)) }
        interval = hashrate == nil ? nil : try reader.interval
        joulesPerHash = try reader.amount("joulesPerHash")
        netJoulesPerHash = try reader.amount("netJoulesPerHash")
        watts = try reader.amount("watts")
        powerSource = try reader.text("powerSource")
        throttle = try reader.texts("throttle")
        for limit in try reader.list("limits") ?? [] { limits.append(try ReachedLimit(limit)) }
    }
}

extension ReachedLimit {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(
            name: try reader.required("name", reader.text("name")), unit: try reader.text("unit") ?? "",
            reached: try reader.required("reached", reader.amount("reached")), measured: try reader.amount("measured"),
            share: try reader.amount("share"))
    }
}

extension BenchSample {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(
            start: try reader.number("start") ?? 0, seconds: try reader.required("seconds", reader.amount("seconds")),
            hashes: try reader.required("hashes", reader.natural("hashes")), joules: try reader.amount("joules"),
            temperature: try reader.number("temperature"), clock: try reader.amount("clock"))
        guard seconds > 0 else { throw ReportError("a sample took no time") }
    }
}

extension ReportConditions {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init()
        cpu = try reader.text("cpu")
        cores = try reader.whole("cores")
        governor = try reader.text("governor")
        frequencyMHz = try reader.amount("frequencyMHz")
        virtual = try reader.text("virtual")
        steal = try reader.amount("steal")
        if let list = try reader.list("load") {
            var values: [Double] = []
            for element in list {
                values.append(try element.whole({ $0.double.flatMap { $0 < 1e9 ? $0 : nil } }, "a load"))
            }
            load = values
        }
        if let pages = try reader.member("hugePages") {
            hugePages = HugePages(
                twoMebibytes: try pages.whole("2M"), oneGibibyte: try pages.whole("1G"),
                transparent: try pages.text("transparent"))
        }
        memory = try reader.natural("memory")
        kernel = try reader.text("kernel")
        microcode = try reader.text("microcode")
        mitigations = try reader.notes("mitigations")
        unavailable = try reader.notes("unavailable") ?? []
    }
}

extension RateComparison {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        let word = try reader.text("verdict")
        self.init(
            try reader.required("a", reader.member("a")).pair, try reader.required("b", reader.member("b")).pair,
            SpeedRatio(
                ratio: try reader.required("ratio", reader.amount("ratio")), interval: try reader.interval),
            verdict: word.flatMap(SpeedRatio.Verdict.init))
    }
}

extension BaselineComparison {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(file: try reader.text("file") ?? "", comparisons: [])
        for comparison in try reader.list("comparisons") ?? [] { comparisons.append(try RateComparison(comparison)) }
    }
}

extension TogetherRates {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(results: [], sums: [])
        for part in try reader.list("results") ?? [] {
            results.append(Part(pair: try part.pair, hashrate: try part.required("hashrate", part.amount("hashrate"))))
        }
        for sum in try reader.list("sums") ?? [] {
            sums.append(
                Sum(
                    algorithm: try sum.required("algorithm", sum.text("algorithm")),
                    hashrate: try sum.required("hashrate", sum.amount("hashrate"))))
        }
    }
}

extension ScanPoint {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(
            pair: try reader.pair, threads: try reader.whole("threads"), batch: try reader.whole("batch"),
            hashrate: try reader.required("hashrate", reader.amount("hashrate")))
    }
}

extension DailyCost {
    fileprivate init(_ reader: MemberReader) throws(ReportError) {
        self.init(pair: try reader.pair, perDay: try reader.required("perDay", reader.number("perDay")))
    }
}
