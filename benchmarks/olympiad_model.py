"""A scripted stand-in for a model that solves olympiad problems by writing code.

`python -m benchmarks.olympiad_model [--delay SECONDS]` serves chat completions on a free loopback
port and prints it. It is no language model: it knows the kinds of problem that the competition
`math-olympiad` makes, by regular expressions, and for each a program that searches for the answer.

Asked plainly it reasons in a few lines and says a number that looks right, which it is only for
small arithmetic. Told that Python is run it writes the program, in one attempt of six with a slip
(a name that is not there), which it mends when it sees the error; in one of eight it forgets to
write any code. What it was shown as output it says as its answer. Which slips it makes follows from
the problem and the number of the call.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
from collections.abc import Sequence

from benchmarks.server import response

PROGRAMS: Sequence[tuple[str, str]] = (
    (r"the value of \$(\d+) \\cdot (\d+) - (\d+)\$",
     "total = 0\nfor _ in range({1}): total += {0}\nprint((total - {2}) % 1000)"),
    (r"remainder when \$(\d+)\^\{{(\d+)\}}\$",
     "value = 1\nfor _ in range({1}): value = value * {0} % 1000\nprint(value)"),
    (r"decimal form of \$(\d+)!",
     "zeros = 0\nfor k in range(1, {0} + 1):\n    while k % 5 == 0: k //= 5; zeros += 1\n"
     "print(zeros % 1000)"),
    (r"positive divisors of \$([^$]+)\$",
     "from sympy import divisor_count\nprint(int(divisor_count(eval({0!r}.replace('\\\\cdot', '*')"
     ".replace('^', '**').replace('{{', '(').replace('}}', ')')))) % 1000)"),
    (r"A positive integer \$n\$ leaves (.+?)\. Find",
     "import re\npairs = [tuple(map(int, p)) for p in re.findall(r'(\\d+)\\D+?(\\d+)', {0!r})]\n"
     "n = 1\nwhile any(n % m != r for r, m in pairs): n += 1\nprint(n % 1000)"),
    (r"up to \$(\d+)\$ that are divisible by \$(\d+)\$ or by \$(\d+)\$, but not by \$(\d+)\$",
     "wanted = [k for k in range(1, {0} + 1) if (k % {1} == 0 or k % {2} == 0) and k % {3}]\n"
     "print(len(wanted) % 1000)"),
    (r"for which \$(\d+)x - 1\$ is divisible by \$(\d+)\$",
     "print(next(x for x in range(1, {1}) if ({0} * x - 1) % {1} == 0))"),
    (r"digits of \$(\d+)\$ written in base \$(\d+)\$",
     "import numpy\nprint(sum(int(d) for d in numpy.base_repr({0}, {1})))"),
    (r"\$a_1 = (\d+)\$, \$a_2 = (\d+)\$ and \$a_\{{k\+2\}} = (\d*)a_\{{k\+1\}} \+ (\d*)a_k\$.*?"
     r"\$a_\{{(\d+)\}}\$",
     "a, b = {0}, {1}\n"
     "for _ in range({4} - 1): a, b = b, int({2!r} or 1) * b + int({3!r} or 1) * a\n"
     "print(a % 1000)"),
    (r"\$1\^(\d) \+ .*? (\d+)\^\d\$", "print(sum(k**{0} for k in range(1, {1} + 1)) % 1000)"),
    (r"to \$\((\d+), (\d+)\)\$ in steps.*?point \$\((\d+), (\d+)\)\$",
     "from functools import cache\n@cache\ndef ways(x, y):\n"
     "    if x < 0 or y < 0 or (x, y) == ({2}, {3}): return 0\n"
     "    return 1 if x == y == 0 else ways(x - 1, y) + ways(x, y - 1)\n"
     "print(ways({0}, {1}) % 1000)"),
    (r"lists of \$(\d+)\$ integers from \$0\$ to \$(\d+)\$ whose sum is \$(\d+)\$",
     "import numpy\nways = numpy.ones(1, dtype=object)\n"
     "for _ in range({0}): ways = numpy.convolve(ways, numpy.ones({1} + 1, dtype=object))\n"
     "print(int(ways[{2}]) % 1000)"),
    (r"Coins are worth (.+?) yen.*?exactly \$(\d+)\$",
     "import re\nfrom functools import cache\n"
     "coins = [int(c) for c in re.findall(r'\\d+', {0!r})]\n"
     "@cache\ndef ways(left, kinds):\n    if left == 0: return 1\n"
     "    if left < 0 or kinds == 0: return 0\n"
     "    return ways(left, kinds - 1) + ways(left - coins[kinds - 1], kinds)\n"
     "print(ways({1}, len(coins)) % 1000)"),
    (r"strings of \$(\d+)\$ letters.*?no \$(\d+)\$ letters",
     "from itertools import product\n"
     "print(sum('A' * {1} not in ''.join(s) for s in product('AB', repeat={0})) % 1000)"),
    (r"Each of \$(\d+)\$ people has a hat.*?exactly \$(\d+)\$",
     "from itertools import permutations\n"
     "own = [sum(a == b for a, b in enumerate(p)) for p in permutations(range({0}))]\n"
     "print(own.count({1}) % 1000)"),
    (r"The \$(\d+)\$ seats.*?one of \$(\d+)\$ colours",
     "import numpy\nnext_to = numpy.ones(({1}, {1}), dtype=object) - numpy.eye({1}, dtype=int)\n"
     "around = numpy.eye({1}, dtype=int).astype(object)\n"
     "for _ in range({0}): around = around.dot(next_to)\n"
     "print(int(numpy.trace(around)) % 1000)"),
    (r"polygon has the corners (.+?), in this order",
     "from sympy import Point, Polygon\nimport re\n"
     "corners = [tuple(map(int, p)) for p in re.findall(r'\\((-?\\d+), (-?\\d+)\\)', {0!r})]\n"
     "print(int(abs(2 * Polygon(*map(Point, corners)).area)) % 1000)"),
    (r"legs of length \$(\d+)\$ and \$(\d+)\$",
     "print(next(c for c in range(1, 10**6) if c * c == {0}**2 + {1}**2) % 1000)"),
    (r"hypotenuse of length \$(\d+)\$ and a leg of length \$(\d+)\$",
     "print(next({1} * b // 2 for b in range(1, 10**6) if b * b == {0}**2 - {1}**2) % 1000)"),
    (r"x\^2 \+ y\^2 \\le (\d+)",
     "r = int({0}**0.5) + 1\n"
     "print(sum(x * x + y * y <= {0} for x in range(-r, r + 1) for y in range(-r, r + 1)) % 1000)"),
    (r"Real numbers \$([xyz, ]+)\$ satisfy (.+?)\. Find",
     "import re, sympy\nnames = sympy.symbols({0!r})\nrows = []\n"
     "for left, right in re.findall(r'\\$([^$=]+) = (-?\\d+)\\$', {1!r}):\n"
     "    rows.append(sympy.sympify(re.sub(r'(\\d)([xyz])', r'\\1*\\2', left)) - int(right))\n"
     "found = sympy.solve(rows, names)\nprint(int(sympy.prod(found.values())) % 1000)"),
    (r"the roots of \$x\^2 - (\d*)x - (\d+) = 0\$\. Find.*?\^\{{(\d+)\}}",
     "import sympy\nx = sympy.symbols('x')\n"
     "roots = sympy.roots(x**2 - int({0!r} or 1) * x - {1}, x)\n"
     "print(int(sympy.expand(sum(r**{2} * m for r, m in roots.items()))) % 1000)"),
)  # fmt: skip
"""(pattern of a kind, program): what the pattern's groups hold is put in for {0}, {1} …"""


def program_for(problem: str) -> str | None:
    """A program that prints the answer; None for a kind that is not known."""
    for pattern, program in PROGRAMS:
        found = re.search(pattern.replace("{{", "{").replace("}}", "}"), problem, re.DOTALL)
        if found:
            return program.format(*found.groups())
    return None


def reply(messages: Sequence[dict[str, str]], draw: int) -> str:
    """What the stand-in says to a conversation, the `draw`-th time that it is asked so."""
    opening = next(m["content"] for m in messages if m["role"] == "user")
    chance = random.Random(f"{opening} {draw}")
    last = messages[-1]["content"]
    if last.startswith("```output"):
        shown = last.removeprefix("```output\n").partition("\n```")[0]
        if "Error" in shown:
            return f"A slip in the name. Again:\n```python\n{program_for(opening)}\n```"
        return f"The program says ${shown.strip()}$.\n\n\\boxed{{{shown.strip()}}}"
    program = program_for(opening)
    if "```python" not in opening or program is None or chance.random() < 1 / 8:
        return guess(opening, chance)
    if chance.random() < 1 / 6:
        program = re.sub(r"\bprint\(", "prnt(", program)
    return f"Let me compute it.\n```python\n{program}\n```\nSo the answer is what it prints."


def guess(problem: str, chance: random.Random) -> str:
    """Plain reasoning: right for small products only."""
    found = re.search(r"the value of \$(\d+) \\cdot (\d+) - (\d+)\$", problem)
    if found and len(found[1]) + len(found[2]) <= 5:
        value = (int(found[1]) * int(found[2]) - int(found[3])) % 1000
    else:
        value = chance.choice([*range(20), *(int(n) % 1000 for n in re.findall(r"\d+", problem))])
    return f"Thinking about it step by step, small cases suggest a pattern.\n\n\\boxed{{{value}}}"


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    asked: dict[str, int] = {}  # noqa: RUF012  # by conversation, of the whole server

    def __init__(self, delay: float) -> None:
        self.delay, self.buffer = delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, rest = self.buffer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length:\s*(\d+)", head, re.IGNORECASE)
        if not separator or len(rest) < (int(length[1]) if length else 0):
            return
        self.buffer = b""
        if head.startswith(b"GET"):
            models = {"object": "list", "data": [{"id": "scripted", "object": "model"}]}
            self.transport.write(response(json.dumps(models).encode()))
            return
        answer = completion(json.loads(rest), self.asked)
        asyncio.get_running_loop().call_later(self.delay, self._send, answer)

    def _send(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


def completion(body: dict[str, object], asked: dict[str, int]) -> bytes:
    """The answer to a request, cut at its stop strings; `asked` counts equal conversations."""
    messages = body["messages"]
    assert isinstance(messages, list)
    key = json.dumps(messages)
    choices = []
    for at in range(int(str(body.get("n") or 1))):
        asked[key] = asked.get(key, 0) + 1
        text = reply(messages, asked[key])
        for stop in body.get("stop") or ():  # type: ignore[attr-defined]
            text = text.split(stop)[0]
        message = {"role": "assistant", "content": text}
        choices.append({"index": at, "message": message, "finish_reason": "stop"})
    used = {"prompt_tokens": len(key) // 4, "completion_tokens": sum(map(_words, choices))}
    made = {"object": "chat.completion", "model": "scripted", "choices": choices, "usage": used}
    return response(json.dumps(made).encode())


def _words(choice: dict[str, object]) -> int:
    return len(json.dumps(choice).split())


async def serve(delay: float) -> None:
    """Serve on a free loopback port until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0)
    asyncio.run(serve(parser.parse_args().delay))
