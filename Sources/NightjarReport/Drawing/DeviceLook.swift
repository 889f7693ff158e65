/// How pictures show the devices of a report: each has a colour and a shape, by its place in the list.
struct DeviceLook {
    private let ids: [String]
    private let report: BenchReport

    init(_ report: BenchReport) {
        var ids = report.devices.map(\.id)
        for row in report.results where !ids.contains(row.device) { ids.append(row.device) }
        self.ids = ids.filter { id in report.results.contains { $0.device == id } }
        self.report = report
    }

    /// The devices that have results, in order.
    var devices: [String] { ids }

    func index(_ device: String) -> Int { ids.firstIndex(of: device) ?? 0 }

    /// Whether it is another device's silicon: its marks are hollow.
    func isSame(_ device: String) -> Bool { report.device(device)?.sameSiliconAs != nil }

    /// The classes of a mark.
    func mark(_ device: String) -> String {
        let index = index(device)
        return isSame(device) ? "same \(ChartStyle.stroke(index))" : ChartStyle.fill(index)
    }

    /// Such as "opencl:0.0: PoCL CPU, the same silicon as cpu".
    func label(_ device: String) -> String {
        let named = report.device(device)
        let name = named?.name ?? report.results.first { $0.device == device }?.deviceName ?? ""
        let same = named?.sameSiliconAs.map { ", the same silicon as \($0)" } ?? ""
        return name.isEmpty ? device + same : "\(device): \(name)\(same)"
    }

    /// Draws marks and names, one device below the other.
    ///
    /// - Returns: the place below them.
    func legend(_ devices: [String], in svg: inout SVG, x: Double, y: Double, width: Double) -> Double {
        var y = y
        for device in devices {
            svg.mark(index(device), x: x + 8, y: y + 9, kind: mark(device))
            svg.text(Self.fitting(label(device), width: width - 22), x: x + 22, y: y + 13)
            y += 20
        }
        return y
    }

    /// Text that fits, as far as the width of letters is known: fonts differ, so that each counts as a wide font has it. Bold
    /// text needs an eighth more.
    static func fitting(_ text: String, width: Double) -> String {
        let most = max(width, 30)
        var (used, kept, whole) = (0.0, "", 0.0)
        for character in text {
            whole += Self.width(of: character)
            if used + Self.width(of: character) + Self.width(of: "…") <= most {
                used += Self.width(of: character)
                kept.append(character)
            } else {
                used = most
            }
        }
        return whole <= most ? text : kept + "…"
    }

    /// The first of these texts that fits, or the last one, cut.
    static func fitting(_ texts: [String], width: Double) -> String {
        texts.first { fitting($0, width: width) == $0 } ?? fitting(texts.last ?? "", width: width)
    }

    /// Of a text in 13 points, and rather more than less.
    static func width(of text: String) -> Double { text.reduce(0) { $0 + width(of: $1) } }

    /// Of a character in 13 points.
    private static func width(of character: Character) -> Double {
        guard let byte = character.asciiValue else { return 13 }
        switch byte {
        case UInt8(ascii: "i"), UInt8(ascii: "j"), UInt8(ascii: "l"), UInt8(ascii: " "), UInt8(ascii: "."),
            UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "'"), UInt8(ascii: "|"),
            UInt8(ascii: "!"), UInt8(ascii: "I"):
            return 4.6
        case UInt8(ascii: "f"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "("), UInt8(ascii: ")"):
            return 5.6
        case UInt8(ascii: "m"), UInt8(ascii: "w"), UInt8(ascii: "M"), UInt8(ascii: "W"), UInt8(ascii: "@"),
            UInt8(ascii: "%"):
            return 13
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="),
            UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: "&"):
            return 10.6
        default: return 8.1
        }
    }
}
