"""The board over a file of outputs, and its export: seconds, memory, size, links that lead nowhere.

`python -m benchmarks.board_files [--rows 2000] [--large 20000] [--few 200] [--folder FOLDER]`

Makes files of outputs (some 60 % have a finding), then in processes of their own:

record   reads, diagnoses and records each file: CPU seconds, rows a second, peak memory
export   writes all samples of `--rows`, then of `--few` ones: CPU and wall seconds, MB, files
wget     the rival: `wget --mirror --convert-links` of the board of the few while it is served, at
         most ten minutes long; the CPU seconds are those of both ends

Links are counted that lead to no file below the folder, and those that still lead to the server.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from html import unescape
from pathlib import Path
from urllib.parse import unquote

_WORDS = (
    "the", "model", "writes", "long", "short", "answers", "about", "cities", "rivers", "numbers",
)  # fmt: skip
_LINK = re.compile(r'(?:href|src)="([^"#]+)')
_RECORD = """
import resource, sys, tempfile, time
from pathlib import Path
from tesuji.board.outputs import OutputsFile, record_file
with tempfile.TemporaryDirectory() as folder:
    began = time.process_time()
    record_file(OutputsFile(Path(sys.argv[1])), Path(folder))
    print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def make(path: Path, rows: int) -> None:
    """A file of so many outputs of some 400 characters."""
    draw = random.Random(0)
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            words = " ".join(draw.choices(_WORDS, k=draw.randint(20, 120)))
            text = f"{words.capitalize()}."
            text = {0: f"Sure! Here is the answer: {text}", 1: "go on " * 150}.get(
                draw.randrange(5), text
            )
            row = {"id": number, "prompt": f"Question {number}: {words[:80]}?", "output": text}
            file.write(json.dumps(row) + "\n")


def broken(folder: Path, server: str) -> tuple[int, int, int]:
    """(links, of them to no file of the folder, of them to the server)."""
    links = nowhere = outside = 0
    for page in folder.rglob("*.html"):
        for link in _LINK.findall(page.read_text(encoding="utf-8")):
            links += 1
            if link.startswith(("http://", "https://")):
                outside += link.startswith(server)
            elif not (page.parent / unquote(unescape(link))).is_file():
                nowhere += 1
    return links, nowhere, outside


def weigh(folder: Path) -> tuple[int, float]:
    """(files, MB) of a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files) / 1e6


def timed(command: list[str], seconds: float | None = None) -> tuple[float, float, bool]:
    """(wall seconds, CPU seconds of it and its children, whether it came to its end)."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = True
    try:
        subprocess.run(command, check=False, timeout=seconds, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)  # fmt: skip
    except subprocess.TimeoutExpired:
        ended = False
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, cpu, ended


def tell(name: str, folder: Path, wall: float, cpu: float, server: str, ended: bool) -> None:
    files, size = weigh(folder)
    samples = len({path.name for path in folder.rglob("*sample*") if "samples" not in path.name})
    links, nowhere, outside = broken(folder, server)
    end = "" if ended else " (stopped)"
    print(f"{name}: {wall:.1f} s, {cpu:.1f} s of CPU{end}; {files:,} files, {size:.1f} MB, "
          f"{samples:,} pages of samples; of {links:,} links {nowhere:,} lead nowhere, "
          f"{outside:,} to the server")  # fmt: skip


def mirror(file: Path, folder: Path, seconds: float) -> None:
    """The rival, while the board is served."""
    command = [sys.executable, "-m", "tesuji", "board", str(file), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        stat = Path(f"/proc/{server.pid}/stat")
        ticks = sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13]))
        wall, cpu, ended = timed(
            ["wget", "--mirror", "--convert-links", "--page-requisites", "--adjust-extension",
             "--restrict-file-names=windows", "-nv", "-P", str(folder), address], seconds,
        )  # fmt: skip
        ticks = sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13])) - ticks
        tell("wget", folder, wall, cpu + ticks / 100, address.split("/?")[0], ended)
    finally:
        server.terminate()
        server.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--large", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=200)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        file = folder / "outputs.jsonl"
        for rows in (given.large, given.rows):
            make(file, rows)
            done = subprocess.run([sys.executable, "-c", _RECORD, str(file)], check=True,
                                  capture_output=True, text=True)  # fmt: skip
            cpu, memory = map(float, done.stdout.split())
            print(f"record {rows:,} rows: {cpu:.1f} s of CPU, {rows / cpu:,.0f} a second, "
                  f"at most {memory:.0f} MB of memory")  # fmt: skip
        for rows in (given.rows, given.few):
            make(file, rows)
            out = folder / "export"
            command = [sys.executable, "-m", "tesuji", "board", str(file), "--export", str(out),
                       "--samples", "all"]  # fmt: skip
            wall, cpu, ended = timed(command)
            tell(f"export of {rows:,}", out, wall, cpu, "http://127.0.0.1", ended)
        if shutil.which("wget"):
            mirror(file, folder / "mirror", 600)


if __name__ == "__main__":
    main()
