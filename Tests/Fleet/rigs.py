#!/usr/bin/env python3
"""A fleet on one machine: five rigs behind one translated address mine through one xmrig-proxy at a Monero node with a
private chain. Debian's Prometheus scrapes them with the configuration of packaging/fleet; one rig is stopped, and the
alert about it has to arrive where Alertmanager sends alerts.

Usage, as root: rigs.py --proxy XMRIG_PROXY [--nightjar PROGRAM] [--minutes M]
Needs iproute2, nftables, monerod, prometheus, promtool and prometheus-alertmanager. It takes about M + 6 minutes.

    rig1 … rig5 (10.77.0.11 …) --- bridge --- router (Prometheus, Alertmanager) --- translation --- outside (proxy, node)
                   rig5's packets: one in twelve is lost
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

RIGS = [f"rig{i}" for i in range(1, 6)]
STOPPED, LOSSY = "rig3", "rig5"
# A wallet that the nodes of private chains take.
WALLET = (
    "42ey1afDFnn4886T7196doS9GPMzexD9gXpsZJDwVjeRVdFCSoHnv7KPbBeGpzJBzHRCAs9UxqeoyFQMYbqSWYTfJJQAWDm"
)
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def sh(line, check=True):
    return subprocess.run(line, shell=True, check=check, text=True, capture_output=True).stdout


class Network:
    """Network namespaces, gone with this object."""

    def __init__(self):
        self.names = ["nj-out", "nj-router"] + [f"nj-{rig}" for rig in RIGS]
        self.close()
        for name in self.names:
            sh(f"ip netns add {name} && ip -n {name} link set lo up")
        sh("ip link add o0 netns nj-router type veth peer name o1 netns nj-out")
        sh("ip -n nj-router addr add 10.78.0.1/24 dev o0 && ip -n nj-router link set o0 up")
        sh("ip -n nj-out addr add 10.78.0.2/24 dev o1 && ip -n nj-out link set o1 up")
        sh("ip -n nj-router link add lan type bridge && ip -n nj-router addr add 10.77.0.1/24 dev lan")
        sh("ip -n nj-router link set lan up && ip netns exec nj-router sysctl -qw net.ipv4.ip_forward=1")
        for i, rig in enumerate(RIGS):
            sh(f"ip link add v{i} netns nj-router type veth peer name e0 netns nj-{rig}")
            sh(f"ip -n nj-router link set v{i} master lan up")
            sh(f"ip -n nj-{rig} addr add 10.77.0.{11 + i}/24 dev e0 && ip -n nj-{rig} link set e0 up")
            sh(f"ip -n nj-{rig} route add default via 10.77.0.1")
        lossy = f"10.77.0.{11 + RIGS.index(LOSSY)}"
        rules = f"""table ip nj {{
            chain post {{ type nat hook postrouting priority 100; oifname "o0" masquerade; }}
            chain loss {{ type filter hook forward priority 0;
                ip saddr {lossy} numgen random mod 12 == 0 counter drop;
                ip daddr {lossy} numgen random mod 12 == 0 counter drop; }}
        }}"""
        subprocess.run(["ip", "netns", "exec", "nj-router", "nft", "-f", "-"], input=rules, text=True, check=True)
        # The names in the configuration of packaging/fleet.
        hosts = pathlib.Path("/etc/netns/nj-router")
        hosts.mkdir(parents=True, exist_ok=True)
        lines = ["127.0.0.1 localhost alertmanager receiver.example.org"]
        lines += [f"10.77.0.{11 + i} {rig}" for i, rig in enumerate(RIGS)]
        (hosts / "hosts").write_text("\n".join(lines) + "\n")

    def lost(self):
        return sum(int(line.split("packets")[1].split()[0]) for line in
                   sh("ip netns exec nj-router nft list table ip nj").splitlines() if "counter packets" in line)

    def close(self):
        for name in self.names:
            sh(f"ip netns del {name}", check=False)
        shutil.rmtree("/etc/netns/nj-router", ignore_errors=True)


class Programs:
    """Programs that end with this object."""

    def __init__(self, folder):
        self.folder, self.running = folder, {}

    def start(self, name, namespace, command, environment=None):
        log = open(self.folder / f"{name}.log", "w")
        self.running[name] = subprocess.Popen(
            ["ip", "netns", "exec", namespace, *command], stdout=log, stderr=subprocess.STDOUT, cwd=self.folder,
            env={**os.environ, **(environment or {})})

    def text(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def stop(self, name):
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=90)

    def close(self):
        for process in self.running.values():
            process.kill()


def until(what, seconds, look):
    """Waits until `look` returns something that counts as true, and returns it."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise SystemExit(f"error: after {seconds} s, still not: {what}")
        time.sleep(1)


def query(expression):
    """A query's samples: the rig's name, or what the labels are without one, and the value."""
    out = sh("ip netns exec nj-router promtool query instant --format=json http://127.0.0.1:9090 "
             f"'{expression}'", check=False)
    if not out.strip():
        return {}
    samples = json.loads(out)
    if isinstance(samples, dict):
        samples = samples.get("data", {}).get("result", [])
    return {s["metric"].get("instance", json.dumps(s["metric"])).split(":")[0]: float(s["value"][1]) for s in samples}


def in_namespace(name, code):
    """Runs Python in a namespace, in a process of its own."""
    return subprocess.Popen(["ip", "netns", "exec", name, sys.executable, "-c", code])


RECEIVER = """
import http.server
class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        open({path!r}, "ab").write(body + b"\\n")
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", 80), Receiver).serve_forever()
"""


def alerts(path):
    """The alerts that arrived: (name, rig, status)."""
    found = set()
    for line in filter(str.strip, path.read_text().splitlines() if path.exists() else []):
        for alert in json.loads(line)["alerts"]:
            rig = alert["labels"].get("instance", "").split(":")[0]
            found.add((alert["labels"]["alertname"], rig, alert["status"]))
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--proxy", type=os.path.abspath, required=True, help="the program xmrig-proxy")
    options.add_argument("--nightjar", type=os.path.abspath, default=str(REPOSITORY / ".build/release/nightjar"))
    options.add_argument("--minutes", type=float, default=5, help="how long all five mine")
    options = options.parse_args()
    # The programs and namespaces end also when this one is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="nightjar-fleet-"))
    network, programs = Network(), Programs(folder)
    receiver = None
    try:
        (folder / "token").write_text("0123456789abcdef0123456789abcdef\n")
        programs.start("node", "nj-out", [
            "monerod", "--regtest", "--offline", "--fixed-difficulty", "10", "--non-interactive",
            "--data-dir", str(folder / "node"), "--rpc-bind-port", "18081", "--no-zmq"])
        until("the node answers", 60, lambda: "RPC server initialized OK" in programs.text("node"))
        (folder / "proxy.json").write_text(json.dumps({
            "mode": "nicehash", "bind": ["0.0.0.0:3333"], "donate-level": 0, "log-file": None, "colors": False,
            "http": {"enabled": True, "host": "127.0.0.1", "port": 8181, "restricted": True},
            "pools": [{"url": "127.0.0.1:18081", "user": WALLET, "daemon": True, "coin": "monero"}]}))
        programs.start("proxy", "nj-out", [options.proxy, "-c", str(folder / "proxy.json")])

        for rig in RIGS:
            programs.start(rig, f"nj-{rig}", [
                options.nightjar, "mine", "-o", "10.78.0.2:3333", "-u", "fleet", "--rig-id", rig, "--device", "cpu",
                "-a", "rx/0", "-t", "1", "--randomx-mode", "light", "--nice", "10", "--log", "json",
                "--api", "0.0.0.0:8080", "--api-token-file", str(folder / "token"), "--api-host", rig,
            ], {"XDG_STATE_HOME": str(folder / rig), "XDG_CACHE_HOME": str(folder / rig)})

        # The configuration as it is handed out; only the list of rigs is another.
        shutil.copytree(REPOSITORY / "packaging/fleet/prometheus", folder / "prometheus")
        (folder / "prometheus/nightjar-token").write_text((folder / "token").read_text())
        targets = ", ".join(f'"{rig}:8080"' for rig in RIGS)
        (folder / "prometheus/rigs.yml").write_text(f"- targets: [{targets}]\n")
        receiver = in_namespace("nj-router", RECEIVER.format(path=str(folder / "alerts")))
        programs.start("alertmanager", "nj-router", [
            "prometheus-alertmanager", "--config.file=prometheus/alertmanager.yml", "--storage.path=am",
            "--cluster.listen-address="])
        programs.start("prometheus", "nj-router", [
            "prometheus", "--config.file=prometheus/prometheus.yml", "--storage.tsdb.path=tsdb"])

        until("all rigs are scraped", 120, lambda: sum(query('up{job="nightjar"}').values()) == len(RIGS))
        until("all rigs mine", 240, lambda: sum(query("nightjar_mining").values()) == len(RIGS))
        print("five rigs are scraped and mine", flush=True)
        end = time.monotonic() + options.minutes * 60
        accepted = until("a share of every rig was accepted", 900, lambda: (
            lambda found: found if len(found) == len(RIGS) and min(found.values()) > 0 else None)(
                query('nightjar_shares_total{state="accepted"}')))
        time.sleep(max(0, end - time.monotonic()))

        workers = json.loads(sh("ip netns exec nj-out python3 -c 'import urllib.request as u;"
                                'print(u.urlopen("http://127.0.0.1:8181/1/summary").read().decode())\''))
        print("proxy: miners", workers["miners"], "results", {k: workers["results"][k] for k in ("accepted", "rejected")})
        assert workers["miners"]["now"] == len(RIGS), "the proxy has not all rigs"
        peers = sh("ip netns exec nj-out ss -Htn state established '( sport = :3333 )'")
        addresses = {line.split()[3].rsplit(":", 1)[0].strip("[]").removeprefix("::ffff:") for line in peers.splitlines()}
        assert addresses == {"10.78.0.1"}, f"not one translated address: {addresses}"
        accepted = query('nightjar_shares_total{state="accepted"}')
        print("accepted", accepted, "rejected", query('nightjar_shares_total{state="rejected"}'))
        print("packets lost on purpose:", network.lost())
        assert network.lost() > 0
        rates = query("instance:nightjar_hashes:rate5m")
        print("recorded rates", {k: round(v, 2) for k, v in rates.items()}, query("algorithm:nightjar_hashes:rate5m"))
        assert set(rates) == set(RIGS) and min(rates.values()) > 0
        assert not [a for a in alerts(folder / "alerts") if a[0] != "NightjarVersionsDiffer"], alerts(folder / "alerts")

        begin = time.monotonic()
        assert programs.stop(STOPPED) == 143, f"{STOPPED} did not end in order"
        until("the alert arrives", 420, lambda: ("NightjarDown", STOPPED, "firing") in alerts(folder / "alerts"))
        print(f"the alert about {STOPPED} arrived after {time.monotonic() - begin:.0f} s")
        others = {a for a in alerts(folder / "alerts") if a[1] not in ("", STOPPED)}
        assert not others, f"alerts about others: {others}"

        for rig in RIGS:
            if rig != STOPPED:
                assert programs.stop(rig) == 143, f"{rig} did not end in order"
            summary = json.loads(programs.text(rig).strip().splitlines()[-1])
            print(rig, {k: summary[k] for k in ("found", "accepted", "rejected", "stale", "expired", "unaccounted")})
            assert summary["event"] == "summary" and summary["unaccounted"] == 0
        print("passed")
    except BaseException:
        for log in sorted(folder.glob("*.log")):
            print(f"--- {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:]), file=sys.stderr)
        raise
    finally:
        if receiver:
            receiver.kill()
        programs.close()
        time.sleep(1)
        network.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
