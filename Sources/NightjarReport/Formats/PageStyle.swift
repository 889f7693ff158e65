/// The look of the page around the pictures.
enum PageStyle {
    static let css = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:820px;margin:0 auto;padding:16px}
        h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
        h2{font-size:1.15rem;margin:2rem 0 .5rem}
        h3{font-size:1rem;margin:1.25rem 0 .5rem}
        h2.member{font-size:1.35rem;border-top:2px solid var(--rule);padding-top:1rem}
        p,li,td,th,summary,h1,h2{overflow-wrap:anywhere}
        code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
        .faint{color:var(--faint)}
        .bad{color:var(--bad);font-weight:600}
        ul.warnings{padding-left:1.2rem}
        .scroll{overflow-x:auto;border:1px solid var(--rule);border-radius:6px}
        table{border-collapse:collapse;width:100%;font-size:.875rem}
        th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
        tr:last-child td,tr:last-child th{border-bottom:0}
        td,thead th{white-space:nowrap}
        td.text{white-space:normal;min-width:12rem}
        td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
        .samples{margin:.75rem 0}
        .samples td,.samples th{text-align:right;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:600;padding:.35rem .6rem}
        thead th{background:var(--panel)}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12px/1.4 ui-monospace,monospace;background:var(--panel);\
        padding:.75rem;border-radius:6px;margin:.5rem 0}
        summary{cursor:pointer;color:var(--link)}
        .wide{display:none}
        .picture{border:0}.picture .chart{min-width:640px}
        @media (min-width:640px){.wide{display:block}.narrow{display:none}}
        @media print{.wide{display:block}.narrow{display:none}body{font-size:11pt}main{max-width:none;padding:0}\
        section{break-inside:avoid-page}section.long{break-inside:auto}\
        .chart{break-inside:avoid}.scroll{border:0;overflow:visible}\
        td{white-space:normal;overflow-wrap:anywhere}thead th{white-space:normal;overflow-wrap:normal}\
        td.n{white-space:nowrap}td.text{min-width:6rem}th,td{padding:.2rem .3rem}table{font-size:8pt}\
        section.long table{font-size:6pt}section.long th,section.long td{padding:.15rem .08rem}}

        """
}
