"""A pool's verifier: shares come as JSON lines by TCP, and verdicts go back, while the event loop goes on.

    python3 pool_verifier.py rx/0 SEED_HEX [PORT]        {"blob":"…","result":"…","target":"…"}, each 64 hex but the blob

Another thread checks a batch, on all cores; shares that come meanwhile make the next one. No share waits for a timer.
"""
import asyncio
import json
import sys
from typing import Optional

import nightjar


class Verifier:
    """Checks shares of one algorithm and seed for any number of tasks."""

    def __init__(self, hasher: nightjar.Hasher):
        self._hasher, self._waiting = hasher, asyncio.Queue(4096)

    async def verdict(self, share: nightjar.Share) -> Optional[nightjar.Verdict]:
        verdict = asyncio.get_running_loop().create_future()
        await self._waiting.put((share, verdict))
        return await verdict

    async def run(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < 1024 and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            verdicts = await asyncio.to_thread(self._hasher.verify_batch, [share for share, _ in batch])
            for (_, future), verdict in zip(batch, verdicts):
                if not future.done():
                    future.set_result(verdict)


async def serve(verifier: Verifier, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async for line in reader:
        try:
            fields = json.loads(line)
            blob, result, target = (bytes.fromhex(fields[name]) for name in ("blob", "result", "target"))
            if len(result) != 32 or len(target) != 32:
                raise ValueError("result and target have 32 bytes")
            verdict = await verifier.verdict(nightjar.Share(blob, result, target, int(fields.get("height", 0))))
            answer = "error: bad input" if verdict is None else verdict.name
        except (ValueError, KeyError, TypeError) as error:
            answer = f"error: {error!r}"
        writer.write(json.dumps({"verdict": answer}).encode() + b"\n")
        await writer.drain()
    writer.close()


async def main(algorithm: str, seed: str = "", port: str = "0") -> None:
    with nightjar.Engine() as engine, engine.hasher(algorithm, bytes.fromhex(seed)) as hasher:
        verifier = Verifier(hasher)
        server = await asyncio.start_server(lambda *streams: serve(verifier, *streams), "127.0.0.1", int(port))
        print("listening on", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.gather(verifier.run(), server.serve_forever())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
