#!/usr/bin/env python3
"""Opens the dashboard in headless Chromium, uses it as a person would, and fails where it does not do as it should.

Speaks the browser's debugging protocol over its pipe: NUL-terminated JSON on descriptors 3 and 4, and no library.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

URL, TOKEN, OUT = sys.argv[1:4]


class Browser:
    def __init__(self):
        program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
        if not program:
            sys.exit("no Chromium here")
        self.profile = tempfile.mkdtemp()
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def descriptors():
            # Both are moved out of the way first: one of them may be 3 or 4 already.
            read, write = os.dup2(to_read, 20), os.dup2(from_write, 21)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "about:blank"],
            preexec_fn=descriptors, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.out, self.input, self.buffer = to_write, from_read, b""
        self.next, self.session, self.events = 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(domain + ".enable")

    def message(self):
        while b"\0" not in self.buffer:
            piece = os.read(self.input, 1 << 16)
            if not piece:
                sys.exit("the browser has gone")
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.next += 1
        call = {"id": self.next, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.out, json.dumps(call).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.next:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, what, expression, seconds=60):
        end = time.time() + seconds
        while not self.value(expression):
            if time.time() > end:
                self.picture("failed")
                sys.exit(f"FAILED: {what}")
            time.sleep(0.1)
        print(f"ok: {what}")

    def check(self, what, expression):
        self.until(what, expression, 0)

    def screen(self, width, height, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        time.sleep(0.5)

    def picture(self, name):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        with open(f"{OUT}/{name}.png", "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def text(name):
    return f"document.getElementById('{name}').textContent"


def shown(name):
    return f"!document.getElementById('{name}').hidden && document.getElementById('{name}').offsetParent !== null"


browser = Browser()
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

    browser.screen(1280, 900, "light")
    browser.value("document.getElementById('pause').click()")
    browser.until("it pauses", text("status") + " === 'paused: api'")
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
