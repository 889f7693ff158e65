#!/usr/bin/env python3
"""Stands in for bitcoind in the tests: Bitcoin Core's consensus code behind the RPC that a miner asks.

It keeps a regtest chain of its own. What it says of a block is what libbitcoinkernel says of it. Templates carry
transactions of its own, which spend rewards that anyone may spend. There is neither a network nor a wallet.

    node.py PORT FOLDER COOKIE       needs the package py-bitcoinkernel; FOLDER is empty; COOKIE gets the login
"""

import base64
import hashlib
import http.server
import json
import os
import secrets
import struct
import sys
import threading
import time

import pbk

BITS = 0x207FFFFF
TARGET = 0x7FFFFF << 232
COIN = 10**8
MATURITY = 100
ANYONE = b"\x51"  # OP_TRUE: this script needs no signature.
P2SH = b"\xa9\x14" + hashlib.new("ripemd160", hashlib.sha256(ANYONE).digest()).digest() + b"\x87"
P2WSH = b"\x00\x20" + hashlib.sha256(ANYONE).digest()


def sha256d(data):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def count(n):
    return bytes([n]) if n < 253 else b"\xfd" + struct.pack("<H", n)


def merkle(level):
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def polymod(values):
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            check ^= generator if top >> i & 1 else 0
    return check


def script_of(address):
    """The script that pays a regtest address, computed without the miner's code; None for any other text."""
    if address.startswith("bcrt1"):
        values = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".find(c) for c in address[5:]]
        if polymod([3, 3, 3, 3, 0, 2, 3, 18, 20] + values) != (1 if values[0] == 0 else 0x2BC830A3):
            return None
        bits = "".join(f"{v:05b}" for v in values[1:-6])
        program = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits) // 8 * 8, 8))
        return bytes([0x50 + values[0] if values[0] else 0, len(program)]) + program
    number = 0
    for c in address:
        digit = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".find(c)
        if digit < 0:
            return None
        number = number * 58 + digit
    data = number.to_bytes(64, "big")[-25:]
    if sha256d(data[:21])[:4] != data[21:] or data[0] not in (111, 196):
        return None
    return b"\x76\xa9\x14" + data[1:21] + b"\x88\xac" if data[0] == 111 else b"\xa9\x14" + data[1:21] + b"\x87"


class Refusal(Exception):
    """An RPC error: code and message."""


class Chain:
    def __init__(self, folder):
        self.kernel = pbk.ChainstateManager(pbk.ChainstateManagerOptions(
            pbk.make_context(pbk.ChainType.REGTEST, pbk.ValidationInterfaceCallbacks(
                block_checked=lambda _, block, state: setattr(self, "verdict", state.block_validation_result.name))),
            folder, os.path.join(folder, "blocks")))
        self.kernel.import_blocks([])
        self.active = self.kernel.get_active_chain()
        self.changed = threading.Condition()
        self.verdict = ""
        self.blocks = {}  # id: (height, bytes)
        self.rewards = []  # what the main chain's coinbases pay to anyone: (height, id, value, script)

    def id(self, height):
        return str(self.active.block_tree_entries[height].block_hash)

    def tip(self):
        return self.id(self.active.height)

    def transactions(self, height):
        """In every fourth block, a transaction for each of four old rewards that anyone may spend."""
        found = []
        for at, id, value, script in self.rewards:
            if height % 4 != 0 or not 0 <= height - MATURITY - at < 4:
                continue
            start = b"\x01" + id + struct.pack("<I", 0)
            scripts = b"\x02\x01\x51" if script == P2SH else b"\x00"
            end = b"\xff" * 4 + b"\x01" + struct.pack("<q", value - 1000) + count(len(P2WSH)) + P2WSH
            core, version, lock = start + scripts + end, struct.pack("<i", 2), bytes(4)
            data = plain = version + core + lock
            if script == P2WSH:
                data = version + b"\x00\x01" + core + b"\x01\x01\x51" + lock
            found.append({"data": data.hex(), "txid": sha256d(plain)[::-1].hex(), "hash": sha256d(data)[::-1].hex(),
                          "depends": [], "fee": 1000, "sigops": 0, "weight": 3 * len(plain) + len(data)})
        return found

    def template(self, request):
        if "segwit" not in request.get("rules", []):
            raise Refusal(-8, "getblocktemplate must be called with the segwit rule set")
        with self.changed:
            if "longpollid" in request:
                self.changed.wait_for(lambda: self.tip() != request["longpollid"], timeout=600)
            height, previous = self.active.height + 1, self.tip()
            transactions = self.transactions(height)
        # The median of the last eleven times is before the tip's time.
        tip = self.blocks.get(previous)
        least = struct.unpack("<I", tip[1][68:72])[0] + 1 if tip else 0
        wtxids = [bytes(32)] + [bytes.fromhex(t["hash"])[::-1] for t in transactions]
        return {
            "version": 0x20000000, "rules": ["csv", "!segwit", "taproot"], "vbavailable": {}, "vbrequired": 0,
            "previousblockhash": previous, "transactions": transactions, "coinbaseaux": {},
            "coinbasevalue": (50 * COIN >> height // 150) + 1000 * len(transactions), "longpollid": previous,
            "target": f"{TARGET:064x}", "mintime": least, "mutable": ["time", "transactions", "prevblock"],
            "noncerange": "00000000ffffffff", "curtime": max(least, int(time.time())), "bits": f"{BITS:08x}",
            "height": height,
            "default_witness_commitment": "6a24aa21a9ed" + sha256d(merkle(wtxids) + bytes(32)).hex(),
        }

    def submit(self, block):
        id, before = sha256d(block[:80])[::-1].hex(), self.tip()
        with self.changed:
            parent = self.blocks.get(block[4:36][::-1].hex(), (0,))
            if id in self.blocks:
                return "duplicate"
            try:
                self.kernel.process_block(pbk.Block(block))
            except pbk.ProcessBlockException:
                return self.verdict.lower().replace("_", "-")
            if self.verdict != "UNSET":
                return self.verdict.lower().replace("_", "-")
            self.blocks[id] = (parent[0] + 1, block)
            if self.tip() == before:
                return "inconclusive"
            self.note(parent[0] + 1, block)
            self.changed.notify_all()

    def note(self, height, block):
        """Reads what the coinbase pays to anyone. It has one input, and stands with its witness."""
        at = 81 + (0 if block[80] < 253 else 2) + 6 + 1 + 36
        at += 1 + block[at] + 4 + 1
        value, script = struct.unpack("<q", block[at:at + 8])[0], block[at + 9:at + 9 + block[at + 8]]
        start = 81 + (0 if block[80] < 253 else 2)
        end = at + 9 + len(script) + 8 + 1 + 38
        id = sha256d(block[start:start + 4] + block[start + 6:end] + block[end + 34:end + 38])
        if script in (P2SH, P2WSH):
            self.rewards.append((height, id, value, script))

    def header(self, id):
        if id not in self.blocks:
            raise Refusal(-5, "Block not found")
        height = self.blocks[id][0]
        isMain = height <= self.active.height and self.id(height) == id
        return {"hash": id, "height": height, "confirmations": self.active.height - height + 1 if isMain else -1}

    def call(self, method, params):
        if method == "getblockchaininfo":
            return {"chain": "regtest", "blocks": self.active.height}
        if method == "getblockhash":
            return self.id(params[0])
        if method == "getbestblockhash":
            return self.tip()
        if method == "validateaddress":
            script = script_of(params[0])
            return {"isvalid": True, "scriptPubKey": script.hex()} if script else {"isvalid": False}
        if method == "getblocktemplate":
            return self.template(params[0])
        if method == "submitblock":
            return self.submit(bytes.fromhex(params[0]))
        if method == "getblockheader":
            return self.header(params[0])
        if method == "getblock":
            return self.blocks[params[0]][1].hex()
        raise Refusal(-32601, "Method not found")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is written in two pieces; the second must not wait until the first was acknowledged.
    disable_nagle_algorithm = True
    chain = login = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != self.login:
            return self.answer(401, b"")
        request = json.loads(body)
        status, result, error = 200, None, None
        try:
            result = self.chain.call(request["method"], request["params"])
        except Refusal as refusal:
            status, error = 500, {"code": refusal.args[0], "message": refusal.args[1]}
        self.answer(status, json.dumps({"result": result, "error": error, "id": request["id"]}).encode())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    port, folder, cookie = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    login = "__cookie__:" + secrets.token_hex(16)
    Handler.chain = Chain(folder)
    Handler.login = "Basic " + base64.b64encode(login.encode()).decode()
    with open(cookie, "w", encoding="utf-8") as file:
        file.write(login)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


main()
