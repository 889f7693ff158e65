/// Writes an SVG picture: no script, no outside resource, text as text. Coordinates have one decimal, so that the same
/// numbers give the same bytes.
struct SVG {
    let width: Double
    private var body = ""

    init(width: Double) { self.width = width }

    /// The whole picture. A screen reader reads title and description.
    ///
    /// - Parameters:
    ///   - id: makes the ids of title and description unique on a page.
    ///   - style: CSS, for a picture that stands alone.
    func document(height: Double, id: String, title: String, description: String, style: String? = nil) -> String {
        let namespace = style == nil ? "" : #" xmlns="http://www.w3.org/2000/svg""#
        var text = #"<svg\#(namespace) viewBox="0 0 \#(Self.number(width)) \#(Self.number(height))" width="100%" "#
        text += #"class="chart" role="img" aria-labelledby="\#(id)-t \#(id)-d">"# + "\n"
        text += #"<title id="\#(id)-t">\#(Markup.text(title))</title>"# + "\n"
        text += #"<desc id="\#(id)-d">\#(Markup.text(description, limit: 16384))</desc>"# + "\n"
        if let style { text += "<style>\n\(style)</style>\n" }
        if style != nil {
            text += #"<rect class="ground" width="\#(Self.number(width))" height="\#(Self.number(height))"/>"# + "\n"
        }
        return text + body + "</svg>\n"
    }

    /// A coordinate with at most one decimal.
    static func number(_ value: Double) -> String {
        let text = Quantity.fixed(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    enum Anchor: String { case start, middle, end }

    mutating func text(
        _ text: String, x: Double, y: Double, anchor: Anchor = .start, kind: String = "", limit: Int = 512
    ) {
        let kind = kind.isEmpty ? "" : #" class="\#(kind)""#
        let side = anchor == .start ? "" : #" text-anchor="\#(anchor.rawValue)""#
        body +=
            #"<text x="\#(Self.number(x))" y="\#(Self.number(y))"\#(kind)\#(side)>\#(Markup.text(text, limit: limit))"#
        body += "</text>\n"
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, kind: String, note: String? = nil) {
        let place =
            #"x1="\#(Self.number(x1))" y1="\#(Self.number(y1))" x2="\#(Self.number(x2))" y2="\#(Self.number(y2))""#
        element("line", place, kind, note)
    }

    mutating func box(x: Double, y: Double, width: Double, height: Double, kind: String, note: String? = nil) {
        let place = #"x="\#(Self.number(x))" y="\#(Self.number(y))" width="\#(Self.number(max(width, 0)))" "#
        element("rect", place + #"height="\#(Self.number(height))""#, kind, note)
    }

    mutating func path(_ points: [(x: Double, y: Double)], kind: String, note: String? = nil) {
        guard !points.isEmpty else { return }
        let steps = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }.joined(separator: "L")
        element("path", #"d="M\#(steps)""#, kind, note)
    }

    /// A line between two values, with a stroke at each end.
    mutating func whisker(from x1: Double, to x2: Double, y: Double, kind: String) {
        let (low, high, top) = (Self.number(x1), Self.number(x2), Self.number(y - 6))
        element("path", #"d="M\#(low) \#(top)v12M\#(low) \#(Self.number(y))H\#(high)M\#(high) \#(top)v12""#, kind, nil)
    }

    /// Draws several things of one kind; `kind` of each is empty.
    mutating func group(_ kind: String, _ draw: (inout SVG) -> Void) {
        body += "<g class=\"\(kind)\">\n"
        draw(&self)
        body += "</g>\n"
    }

    /// One of the shapes by which devices differ beside their colour.
    mutating func mark(_ shape: Int, x: Double, y: Double, size: Double = 5, kind: String, note: String? = nil) {
        func number(_ value: Double) -> String { Self.number(value) }
        switch shape % 4 {
        case 0:
            element("circle", #"cx="\#(number(x))" cy="\#(number(y))" r="\#(number(size))""#, kind, note)
        case 1:
            let reach = number(size * 1.25)
            element(
                "path",
                #"d="M\#(number(x)) \#(number(y - size * 1.25))l\#(reach) \#(reach)-\#(reach) \#(reach)-\#(reach)-\#(reach)z""#,
                kind, note)
        case 2:
            let (half, height) = (number(size * 1.1), number(size * 2))
            element(
                "path", #"d="M\#(number(x)) \#(number(y - size * 1.1))l\#(half) \#(height)h-\#(number(size * 2.2))z""#,
                kind, note)
        default:
            let reach = size * 0.9
            element(
                "rect",
                #"x="\#(number(x - reach))" y="\#(number(y - reach))" width="\#(number(2 * reach))" "#
                    + #"height="\#(number(2 * reach))""#, kind, note)
        }
    }

    /// A cross, for outliers.
    mutating func cross(x: Double, y: Double, size: Double = 4, kind: String, note: String? = nil) {
        func number(_ value: Double) -> String { Self.number(value) }
        element(
            "path",
            #"d="M\#(number(x - size)) \#(number(y - size))L\#(number(x + size)) \#(number(y + size))"#
                + #"M\#(number(x - size)) \#(number(y + size))L\#(number(x + size)) \#(number(y - size))""#, kind, note)
    }

    /// - Parameter note: what a browser shows while the pointer rests on it.
    private mutating func element(_ name: String, _ place: String, _ kind: String, _ note: String?) {
        body += "<\(name) \(place)"
        if !kind.isEmpty { body += " class=\"\(kind)\"" }
        if let note { body += "><title>\(Markup.text(note))</title></\(name)>\n" } else { body += "/>\n" }
    }
}
