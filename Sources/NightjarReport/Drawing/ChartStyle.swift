/// The look of pictures, by CSS: one set of colours for light pages and for paper, another for dark ones. Devices have the
/// colours of Okabe and Ito, which people with any colour vision tell apart; shapes differ beside them.
enum ChartStyle {
    /// The colours, for light and dark.
    static let colours = """
        :root{color-scheme:light dark;--ground:#fff;--ink:#1b1b1b;--faint:#595959;--rule:#dcdcdc;--panel:#f6f6f4;\
        --d0:#0072b2;--d1:#d55e00;--d2:#008a64;--d3:#a8507f;--bad:#a4001d;--link:#00508a}
        @media (prefers-color-scheme:dark){:root{--ground:#15171a;--ink:#ececec;--faint:#b0b5ba;--rule:#3a3f45;\
        --panel:#1e2125;--d0:#56b4e9;--d1:#e69f00;--d2:#2fc39a;--d3:#dd94bb;--bad:#ff9c9c;--link:#8cc8f5}}
        @media print{:root{--ground:#fff;--ink:#000;--faint:#444;--rule:#ccc;--panel:#fff;--d0:#0072b2;--d1:#d55e00;\
        --d2:#008a64;--d3:#a8507f;--bad:#a4001d;--link:#000}}

        """

    /// The parts of pictures.
    static let charts = """
        .chart{display:block;font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        .chart text{fill:var(--ink)}
        .chart .faint{fill:var(--faint)}
        .chart .small{font-size:11.5px}
        .chart .strong{font-weight:600}
        .chart .ground{fill:var(--ground)}
        .chart .grid{stroke:var(--rule);stroke-width:1}
        .chart .base{stroke:var(--faint);stroke-width:1}
        .chart .iso{stroke:var(--faint);stroke-width:.7;stroke-dasharray:2 4}
        .chart .join{fill:none;stroke:var(--faint);stroke-width:1}
        .chart .whisker{stroke-width:2;fill:none}
        .chart .d0{fill:var(--d0)}.chart .d1{fill:var(--d1)}.chart .d2{fill:var(--d2)}.chart .d3{fill:var(--d3)}
        .chart .s0{stroke:var(--d0)}.chart .s1{stroke:var(--d1)}.chart .s2{stroke:var(--d2)}.chart .s3{stroke:var(--d3)}
        .chart .same{fill:var(--ground);stroke-width:2}
        .chart .band{fill:var(--rule)}
        .chart .out{stroke:var(--bad);stroke-width:2;fill:none}
        .chart .time{fill:none;stroke-width:1.5}

        """

    /// The class of a device's marks, and that of its lines.
    static func fill(_ index: Int) -> String { "d\(index % 4)" }
    static func stroke(_ index: Int) -> String { "s\(index % 4)" }
}
