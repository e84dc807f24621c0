"""Running Python that a model wrote: apart from everything else, within limits.

    async with Sandbox() as sandbox, await sandbox.open() as session:
        outcome = await session.run("import sympy\nsympy.factorint(91)")

`layers()` says what keeps the code in on this machine; docs/sandbox.md what each layer stops.
"""

from __future__ import annotations

from tesuji.sandbox.layers import Layer, layers
from tesuji.sandbox.limits import Limits
from tesuji.sandbox.outcome import End, Outcome
from tesuji.sandbox.sandbox import Sandbox, shared
from tesuji.sandbox.session import Session

__all__ = ["End", "Layer", "Limits", "Outcome", "Sandbox", "Session", "layers", "shared"]
