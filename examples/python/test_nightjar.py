"""Known answers for every algorithm, and what must fail: python3 test_nightjar.py FOLDER_OF_VECTORS"""

import concurrent.futures
import json
import pathlib
import sys
import threading
import unittest

import nightjar
from nightjar import Mode, NightjarError, Share, Verdict


def vectors(folder: pathlib.Path):
    """The rows of all families by algorithm."""
    found = {}
    for name in ("cryptonight", "randomx", "sha256d", "scrypt"):
        for row in json.loads((folder / f"{name}.json").read_text())["vectors"]:
            found.setdefault(row["algorithm"], []).append(row)
    return found


class KnownAnswers(unittest.TestCase):
    rows = {}

    @classmethod
    def setUpClass(cls):
        cls.engine = nightjar.Engine(opencl=False)

    @classmethod
    def tearDownClass(cls):
        cls.engine.close()

    def test_every_algorithm(self):
        for algorithm in nightjar.algorithms():
            rows = self.rows[algorithm.name]
            # RandomX's caches take a second each: those with the first seed.
            seed = rows[0].get("seed", "")
            rows = [row for row in rows if row.get("seed", "") == seed]
            inputs = [bytes.fromhex(row["input"]) for row in rows]
            heights = [row.get("height") or 0 for row in rows]
            digests = [bytes.fromhex(row["hash"]) for row in rows]
            with self.subTest(algorithm.name), self.engine.hasher(algorithm.name, bytes.fromhex(seed)) as hasher:
                self.assertEqual(hasher.hash_batch(inputs, heights if algorithm.needs_height else None), digests)
                self.assertEqual(hasher.hash(inputs[-1], heights[-1]), digests[-1])
                shares = []
                for row, input, height, digest in zip(rows, inputs, heights, digests):
                    result = bytes.fromhex(row["commitment"]) if row.get("commitment") else digest
                    shares.append(Share(input, result, height=height, raw_hash=digest))
                self.assertEqual(hasher.verify_batch(shares), [Verdict.OK] * len(shares))
                self.assertEqual(hasher.verify(shares[0]), Verdict.OK)
                self.assertEqual(hasher.verify(shares[0]._replace(target=bytes(32))), Verdict.ABOVE_TARGET)
                wrong = bytes([shares[0].result[0] ^ 1]) + shares[0].result[1:]
                refusal = Verdict.WRONG_COMMITMENT if algorithm.name == "rx/2" else Verdict.WRONG_RESULT
                self.assertEqual(hasher.verify(shares[0]._replace(result=wrong)), refusal)

    def test_commitment(self):
        row = self.rows["rx/2"][0]
        self.assertEqual(
            nightjar.commitment(bytes.fromhex(row["input"]), bytes.fromhex(row["hash"])).hex(), row["commitment"])

    def test_search(self):
        found, enough = {}, threading.Event()

        def note(nonce, digest, device):
            found[nonce] = (digest, device)
            if len(found) == 16:
                enough.set()

        with self.engine.search("cn-pico", bytes(76), b"\xff" * 32, note, nonce_count=16, devices="cpu") as search:
            self.assertTrue(enough.wait(300))
            self.assertEqual(search.hashes(), 16)
        with self.engine.hasher("cn-pico") as hasher:
            for nonce, (digest, device) in found.items():
                input = bytes(39) + nonce.to_bytes(4, "little") + bytes(33)
                self.assertEqual((hasher.hash(input), device), (digest, "cpu"))
        self.assertEqual(sorted(found), list(range(16)))

    def test_threads_share_a_hasher(self):
        rows = self.rows["cn-pico"] * 8
        with self.engine.hasher("cn-pico") as hasher, concurrent.futures.ThreadPoolExecutor(8) as threads:
            digests = threads.map(hasher.hash, [bytes.fromhex(row["input"]) for row in rows])
            self.assertEqual([digest.hex() for digest in digests], [row["hash"] for row in rows])

    def test_what_must_fail(self):

        def fails(status, call, *arguments, **keywords):
            with self.assertRaises(NightjarError) as raised:
                call(*arguments, **keywords)
            self.assertEqual(raised.exception.status, status)

        engine = self.engine
        fails(NightjarError.ALGORITHM, nightjar.algorithm, "kawpow")
        fails(NightjarError.ALGORITHM, engine.hasher, "kawpow")
        fails(NightjarError.DEVICE, engine.hasher, "cn/0", device="opencl:0.0")
        fails(NightjarError.ARGUMENT, engine.hasher, "cn/0", seed=b"1")
        fails(NightjarError.INPUT, engine.hasher, "rx/0", seed=bytes(61))
        with engine.hasher("cn/1") as hasher:
            fails(NightjarError.INPUT, hasher.hash, bytes(42))
            fails(NightjarError.INPUT, hasher.hash_batch, [bytes(43), bytes(42)])
            share = Share(bytes(43), hasher.hash(bytes(43)))
            self.assertEqual(hasher.verify_batch([share, share._replace(input=b"")]), [Verdict.OK, None])
            fails(NightjarError.BUSY, engine.close)
            fails(NightjarError.ARGUMENT, hasher.reseed, bytes(32))
        with nightjar.Engine(memory_limit=1 << 20, opencl=False) as small:
            fails(NightjarError.MEMORY, small.hasher, "cn/0")
        with self.assertRaises(ValueError):
            nightjar.commitment(b"", b"short")

    def test_names(self):
        self.assertRegex(nightjar.version(), r"^\d+\.\d+\.\d+$")
        self.assertEqual(nightjar.algorithm("monero").name, "rx/0")
        devices = self.engine.devices()
        self.assertEqual([device.id for device in devices], ["cpu"])
        self.assertGreater(devices[0].memory, 0)
        self.assertEqual(Mode.FULL, 2)


if __name__ == "__main__":
    KnownAnswers.rows = vectors(pathlib.Path(sys.argv.pop(1)))
    unittest.main()
