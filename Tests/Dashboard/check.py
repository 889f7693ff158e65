#!/usr/bin/env python3
"""Opens the dashboard in headless Chromium, uses it as a person would, and fails where it does not do as it should."""
import json
import os
import sys
import time

from browser import Browser

URL, TOKEN, OUT = sys.argv[1:4]


# Changes what the page is told: energy of the first device, and a second pool that is away.
ENERGY_AND_POOLS = """(() => {
  window.plainFetch = window.fetch;
  window.fetch = async (...given) => {
    const answer = await window.plainFetch(...given);
    if (!answer.ok || !String(given[0]).startsWith('/api/state.json')) return answer;
    const state = await answer.json();
    state.devices.forEach((device, i) => Object.assign(device.health,
      i === 0 ? {watts: 65.4, hashesPerJoule: 0.7234} : {watts: null, hashesPerJoule: null}));
    const own = state.pools[0];
    state.pools.push({
      ...own, devices: ['opencl:9.0'], connection: {...own.connection, pool: 'pool.example:3333', isConnected: false},
      shares: {...own.shares, rejected: 3}, turn: {pool: 'pool.example:3333', seconds: 600, weight: '3 of 4'}});
    return new Response(JSON.stringify(state), {status: 200, headers: {'Content-Type': 'application/json'}});
  };
})()"""


def text(name):
    return f"document.getElementById('{name}').textContent"


def shown(name):
    return f"!document.getElementById('{name}').hidden && document.getElementById('{name}').offsetParent !== null"


browser = Browser(OUT)
try:
    browser.screen(1280, 900, "light")
    browser.call("Page.navigate", url=URL)
    browser.until("the page loads", "document.readyState === 'complete' && !!document.getElementById('access')")
    browser.until("a token is asked for", shown("access"))
    browser.check("nothing is shown without it", "!(" + shown("content") + ")")
    browser.picture("token")

    def enter(token):
        browser.value(f"document.getElementById('token').value = '{token}';"
                      "document.querySelector('#access button').click()")

    enter("wrong")
    browser.until("a wrong token is refused in words", text("notice") + " === 'This is not the token.'")
    enter(TOKEN)
    browser.until("the right one opens the page", shown("content"))
    browser.check("it is kept for the tab only", "sessionStorage.length === 1 && localStorage.length === 0 && document.cookie === ''")
    browser.until("it mines", text("status") + " === 'mining'", 120)
    browser.until("shares are accepted", "Number(" + text("shares") + ".match(/Accepted(\\d+)/)[1]) > 0", 120)
    before = browser.value(text("shares"))
    browser.until("the page is live", f"{text('shares')} !== {json.dumps(before)}", 120)
    browser.until("the rate has a curve", "document.querySelectorAll('#chart path.line').length > 0", 120)
    time.sleep(float(os.environ.get("HISTORY_SECONDS", "30")))

    for width, height, scheme in [(1280, 900, "light"), (1280, 900, "dark"), (320, 640, "light"), (320, 640, "dark"), (768, 1024, "light")]:
        browser.screen(width, height, scheme)
        browser.check(f"{width} px is wide enough", "document.documentElement.scrollWidth <= innerWidth")
        browser.picture(f"{width}-{scheme}")
    browser.check("a finger can hit the buttons",
                  "[...document.querySelectorAll('button')].filter(b => b.offsetParent).every(b => b.offsetHeight >= 32)")

    # A machine that shows its energy, and a pool for each device: this miner has neither, so that its answers are changed.
    browser.value(ENERGY_AND_POOLS)
    energy = """[...document.querySelectorAll('#devices tr')].map(row =>
        ['W', 'H/J'].map(name => row.querySelector(`[data-name="${name}"]`)?.textContent).join())"""
    browser.until("watts and hashes per joule have columns", f"({energy})[0] === '65,0.723'")
    browser.check("what is not known is a dash", f"({energy}).slice(1).every(cells => cells === '–,–')")
    browser.check("each pool has its list", """document.getElementById('pool-title').textContent === 'Pools'
        && document.querySelectorAll('#pools dl').length === 2""")
    facts = """[...document.querySelectorAll('#pools dl')].map(list => Object.fromEntries(
        [...list.querySelectorAll('dt')].map(term => [term.textContent, term.nextElementSibling.textContent])))"""
    browser.check("with its devices, rate and shares",
                  f"({facts}).every(f => f.Devices && f['Hash rate'] && f.Shares.includes(' accepted, '))")
    browser.check("and its connection and turn", f"""(([own, other]) =>
        own.Connection.startsWith('for ') && !own.Turn && other.Devices === 'opencl:9.0'
        && other.Connection === 'not connected' && other.Turn === 'pool.example:3333, weight 3 of 4')({facts})""")
    for width, height, scheme in [(1280, 900, "light"), (1280, 900, "dark"), (390, 844, "light"), (390, 844, "dark")]:
        browser.screen(width, height, scheme)
        browser.check(f"{width} px is wide enough for them", "document.documentElement.scrollWidth <= innerWidth")
        browser.check("no cell is cut off", """[...document.querySelectorAll('#devices td, #devices th, #pools dd')]
            .every(e => e.scrollWidth <= e.clientWidth + 1)""")
        browser.picture(f"pools-{width}-{scheme}")
    browser.value("window.fetch = window.plainFetch")
    browser.until("the miner's own answers are back", "document.querySelectorAll('#pools dl').length === 1")

    browser.screen(1280, 900, "light")
    browser.value("document.getElementById('pause').click()")
    browser.until("it pauses", text("status") + " === 'paused by the API'")
    browser.picture("paused")
    browser.value("document.getElementById('resume').click()")
    browser.until("it resumes", text("status") + " === 'mining'")
    for seconds in [21600, 86400]:
        browser.value(f"document.querySelector('[data-range=\"{seconds}\"]').click()")
        browser.until(f"{seconds // 3600} h can be chosen", f"state.range === {seconds}")

    origin = URL.rstrip("/")
    asked = [event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"]
    foreign = [url for url in asked if not url.startswith(origin)]
    # The refusal of the first state, and of the wrong token, is what the page is there for.
    said = [event for event in browser.events if event["method"] in ["Runtime.exceptionThrown", "Log.entryAdded"]
            and "401" not in json.dumps(event)]
    if foreign or said:
        sys.exit(f"FAILED: asked elsewhere: {foreign}; said: {said}")
    print(f"ok: {len(asked)} requests, none elsewhere; no error, no breach of the policy")
finally:
    browser.close()
