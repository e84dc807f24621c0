"""What the test of containers runs in one: prints the layers, then what came of some code."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict

from tesuji.sandbox import Limits, Sandbox, layers


async def main() -> None:
    async with Sandbox(Limits(seconds=60)) as sandbox, await sandbox.open() as session:
        outcomes = [asdict(await session.run(code)) for code in json.loads(sys.argv[1])]
    print(
        json.dumps(
            {"missing": {one.name: one.why_not for one in layers() if not one.on}, "ran": outcomes}
        )
    )


if __name__ == "__main__":
    asyncio.run(main())
