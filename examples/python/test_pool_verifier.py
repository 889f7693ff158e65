"""The pool's verifier under load, from outside: python3 test_pool_verifier.py FOLDER_OF_VECTORS"""

import asyncio
import json
import pathlib
import sys


async def main(folder: str) -> None:
    rows = json.loads((pathlib.Path(folder) / "cryptonight.json").read_text())["vectors"]
    row = next(row for row in rows if row["algorithm"] == "cn-pico")
    script = pathlib.Path(__file__).with_name("pool_verifier.py")
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(script), "cn-pico", stdout=asyncio.subprocess.PIPE)
    try:
        port = int((await program.stdout.readline()).split()[-1])
        fields = {"blob": row["input"], "result": row["hash"], "target": "ff" * 32}
        claims = [
            (fields, "OK"), ({**fields, "target": "00" * 32}, "ABOVE_TARGET"),
            ({**fields, "result": "00" * 32}, "WRONG_RESULT"), ({}, "error"), ({**fields, "target": "00"}, "error"),
        ]

        async def client() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for fields, _ in claims * 20:
                writer.write(json.dumps(fields).encode() + b"\n")
            for _, expected in claims * 20:
                verdict = json.loads(await reader.readline())["verdict"]
                assert verdict.startswith(expected), (verdict, expected)
            writer.close()

        await asyncio.gather(*[client() for _ in range(20)])
    finally:
        program.kill()
        await program.wait()
    print("pool_verifier.py: 2000 shares of 20 clients")


asyncio.run(main(sys.argv[1]))
