#!/usr/bin/env python3
"""Looks at a report's page in headless Chromium without scripts, and fails where a reader could not: check.py PAGE OUT.

Phones and desktops, light and dark, and paper: nothing is wider than the screen, every text has a contrast of 4.5 at least
(WCAG 2.1, 1.4.3) and stays inside of its picture, every number is the JSON's, nothing is loaded and nothing runs.
"""
import base64
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Dashboard"))
from browser import Browser  # noqa: E402

PAGE, OUT = sys.argv[1:3]
NAME = os.path.basename(PAGE).rsplit(".", 1)[0]

# What the checks below share. The page's own scripts are off; these are the browser's.
TOOLS = r"""
(() => {
  // Any colour that the browser computes, as red, green, blue and opacity, each from 0 to 1.
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgb = text => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map(x => x / 255); };
  const linear = x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  const luminance = c => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const contrast = (a, b) => { const [x, y] = [luminance(rgb(a)), luminance(rgb(b))].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05); };
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (rgb(colour)[3] === 1) return colour;
    }
    return 'white';
  };
  const shown = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';
  const words = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  return {contrast, ground, shown, words};
})()
"""

# Texts with too little contrast.
PALE = TOOLS.join(["const {contrast, ground, shown, words} = ", r""";
  [...document.querySelectorAll('body *')].filter(e => words(e) && shown(e) && !e.closest('title,desc,style')).map(e => {
    const style = getComputedStyle(e);
    const ink = e instanceof SVGElement ? style.fill : style.color;
    return [contrast(ink, ground(e)), e.textContent.trim().slice(0, 40)];
  }).filter(([value]) => !(value >= 4.5))"""])
# The least contrast of a text.
LEAST = PALE.replace(".filter(([value]) => !(value >= 4.5))", ".reduce((a, [b]) => Math.min(a, b), 99)")
# Marks and lines that carry values: 3 at least (WCAG 2.1, 1.4.11).
PALE_MARKS = TOOLS.join(["const {contrast, ground, shown} = ", r""";
  [...document.querySelectorAll('svg circle, svg path, svg rect')].filter(shown)
    .filter(e => !/\b(ground|grid|band|base|time)\b/.test(e.getAttribute('class') || e.parentElement.getAttribute('class') || ''))
    .map(e => { const style = getComputedStyle(e);
      const best = Math.max(...[style.fill, style.stroke].filter(c => c !== 'none').map(c => contrast(c, ground(e))));
      return [best, e.outerHTML.slice(0, 80)]; }).filter(([value]) => !(value >= 3))"""])
# Texts that leave their picture.
OUTSIDE = r"""
  [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).flatMap(svg => {
    const box = svg.viewBox.baseVal;
    return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBBox();
      return b.x < -0.5 || b.y < -0.5 || b.x + b.width > box.width + 0.5 || b.y + b.height > box.height + 0.5; })
      .map(t => t.textContent);
  })"""
# Pairs of texts in a picture that lie on each other.
COLLIDING = r"""
  [...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).flatMap(svg => {
    const texts = [...svg.querySelectorAll('text')].map(t => [t.getBBox(), t.textContent]);
    const found = [];
    texts.forEach(([a, x], i) => texts.slice(i + 1).forEach(([b, y]) => {
      const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
      const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
      if (width > 1 && height > 3) found.push(x + ' / ' + y);
    }));
    return found;
  })"""
# What is wider than the screen and cannot be scrolled by itself.
WIDE = r"""
  (document.documentElement.scrollWidth > innerWidth ? ['the page'] : []).concat(
    [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && !e.closest('.scroll') && !e.closest('svg')
      && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80)))"""


def fail(what, found):
    sys.exit(f"FAILED: {NAME}: {what}: {json.dumps(found, ensure_ascii=False)[:2000]}")


def numbers(json_text, cells, has_samples):
    """The numbers of each result that no cell of a table has, letter by letter."""
    top = json.loads(json_text, parse_float=str, parse_int=str)
    missing = []
    for report in [member["report"] for member in top["reports"]] if "reports" in top else [top]:
        for result in report["results"]:
            wanted = [result.get(name) for name in ["hashrate", "low", "high", "hashes", "seconds", "joulesPerHash", "watts"]]
            # A page of very many samples has no tables of them.
            wanted += [value for sample in result["samples"] for value in sample.values()] if has_samples else []
            # Energy has a table where something hashed.
            missing += [value for value in wanted if isinstance(value, str) and value not in cells]
    return missing


browser = Browser(OUT)
try:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Page.navigate", url=pathlib.Path(PAGE).resolve().as_uri())
    browser.until("the page loads without scripts", "document.readyState === 'complete' && !!document.querySelector('main')")
    for width, height in [(390, 844), (1280, 900)]:
        for scheme in ["light", "dark"]:
            browser.screen(width, height, scheme)
            for what, expression in [("wider than the screen", WIDE), ("pale text", PALE), ("pale marks", PALE_MARKS),
                                     ("text outside of its picture", OUTSIDE), ("texts on each other", COLLIDING)]:
                found = browser.value("{" + expression + "}")
                if found:
                    fail(f"{what} at {width} points, {scheme}", found)
            least = browser.value("{" + LEAST + "}")
            browser.picture(f"{NAME}-{width}-{scheme}")
            print(f"ok: {NAME} at {width} points, {scheme}: no overflow, contrast {least:.2f} at least")
    dark = browser.value("getComputedStyle(document.body).backgroundColor")
    browser.screen(1280, 900, "light")
    if dark == browser.value("getComputedStyle(document.body).backgroundColor"):
        fail("it has no dark colours", dark)

    # A screen reader's: names for pictures and tables, one heading of the first order.
    nameless = browser.value("""[...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') !== 'img'
        || !s.querySelector('title')?.textContent || !s.querySelector('desc')?.textContent).length
        + [...document.querySelectorAll('table')].filter(t => !t.closest('[aria-label]')).length
        + Math.abs(document.querySelectorAll('h1').length - 1) + (document.documentElement.lang === 'en' ? 0 : 1)""")
    if nameless:
        fail("parts without a name for screen readers", nameless)

    cells = set(browser.value("[...document.querySelectorAll('td')].map(t => t.textContent.trim())"))
    missing = numbers(browser.value("document.getElementById('nightjar-json').textContent"), cells,
                      browser.value("!!document.querySelector('.samples')"))
    if missing:
        fail("numbers that no table has", missing)
    print(f"ok: {NAME}: every number of the results is the JSON's")

    bad = browser.value("[...document.querySelectorAll('script,img,iframe,object,embed,link,form,[onerror],[onload]')].length")
    if bad or "broken" in browser.value("document.title")[:6]:
        fail("elements that no report has", bad)
    asked = [event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"]
    foreign = [url for url in asked if not url.startswith("file:")]
    said = [event for event in browser.events if event["method"] in ["Runtime.exceptionThrown", "Log.entryAdded"]]
    if len(asked) != 1 or foreign or said:
        fail("it asked or said something", [asked, said])
    print(f"ok: {NAME}: nothing was loaded, nothing ran")

    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    data = base64.b64decode(browser.call("Page.printToPDF", printBackground=True, paperWidth=8.27, paperHeight=11.69)["data"])
    with open(f"{OUT}/{NAME}.pdf", "wb") as file:
        file.write(data)
    # 8.27 inches less margins of 0.4, at 96 points an inch.
    browser.call("Emulation.setDeviceMetricsOverride", width=717, height=1045, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    time.sleep(0.5)
    # On paper nothing scrolls.
    tables = """[...document.querySelectorAll('table')].filter(t => t.getClientRects().length
        && t.getBoundingClientRect().right > innerWidth + 0.5).map(t => t.parentElement.getAttribute('aria-label'))"""
    for what, expression in [("wider than the paper", WIDE), ("pale text on paper", PALE), ("tables wider than the paper", tables)]:
        found = browser.value("{" + expression + "}")
        if found:
            fail(what, found)
    browser.picture(f"{NAME}-print")
    print(f"ok: {NAME}: on paper, {len(data)} bytes of PDF")
finally:
    browser.close()
