#!/usr/bin/env python3
"""Puts hostile names into every text of a report that comes from outside: hostile.py INPUT OUTPUT."""
import json
import sys

HOSTILE = "</pre></title></style><script>document.title='broken'</script>\u202e\"'`<img src=https://example.invalid/x onerror=y>"

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
report["host"].update(cpu=HOSTILE, os=HOSTILE)
report["command"] = report["created"] = HOSTILE
report["warnings"] = [HOSTILE]
report["conditions"].update(governor=HOSTILE, mitigations={HOSTILE: HOSTILE}, kernel=HOSTILE * 8)
report["conditions"]["unavailable"] = {"power": HOSTILE}
for device in report["devices"]:
    device.update(name=HOSTILE, platform=HOSTILE, driver=HOSTILE)
for index, result in enumerate(report["results"]):
    result["deviceName"] = HOSTILE
    if index % 2:
        result["algorithm"] = HOSTILE + str(index)
    if result.get("error"):
        result["error"] = HOSTILE
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(report, file)
