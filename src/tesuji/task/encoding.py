"""Is a file UTF-8 text? If not: where it stops being so, and what it probably is instead."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from pathlib import Path

from tesuji.errors import DataError
from tesuji.task.file_kind import open_bytes

CHUNK = 1 << 20
SAMPLE = 1 << 16


def require_utf8(path: Path) -> None:
    """Raise DataError, naming the line and the byte offset, unless `path` is UTF-8 without NULs.

    One pass in constant memory; a byte-order mark at the start is accepted. Offsets count the
    unzipped bytes of a .gz file.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset, line = 0, 1
    try:
        with open_bytes(path) as stream:
            while True:
                chunk = stream.read(CHUNK)
                held = len(decoder.getstate()[0])  # bytes of a character cut by the last chunk
                bad = _first_bad(decoder, chunk, held)
                if bad is not None:
                    where = f"line {line + chunk[: max(bad, 0)].count(10)}, byte {offset + bad}"
                    raise DataError(_complaint(path, where, chunk, bad))
                if not chunk:
                    return
                offset, line = offset + len(chunk), line + chunk.count(10)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: not a whole gzip file ({error}); download it again") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


def _first_bad(decoder: codecs.IncrementalDecoder, chunk: bytes, held: int) -> int | None:
    """Offset in `chunk` of the first byte that is not UTF-8, or of the first NUL; None if good."""
    nul = chunk.find(0)
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        at = error.start - held
        return at if nul < 0 else min(at, nul)
    return nul if nul >= 0 else None


def _complaint(path: Path, where: str, chunk: bytes, bad: int) -> str:
    likely = likely_encoding(path)
    if likely is None and 0 <= bad < len(chunk) and chunk[bad] == 0:
        return f"{path}: {where}: a NUL byte; text files have none: remove it, or export it again"
    name = likely or "latin-1"
    if path.suffix == ".gz":
        return f"{path}: {where}: not UTF-8 (looks like {name}); unzip it and convert it to UTF-8"
    return (
        f"{path}: {where}: not UTF-8 (looks like {name}); convert it: "
        f"iconv -f {name} -t utf-8 {path.name} > {path.stem}-utf8{path.suffix}"
    )


def likely_encoding(path: Path) -> str | None:
    """The encoding that a file which is not UTF-8 probably has, from its first 64 kB.

    Kana tell the Japanese encodings apart: bytes of one read as another give few of them.
    """
    with open_bytes(path) as stream:
        head = stream.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = head.count(0)
    if zeros > len(head) // 5:  # mostly ASCII in two bytes each
        return "utf-16le" if head[1::2].count(0) > zeros // 2 else "utf-16be"
    if zeros:
        return None
    best, most = "latin-1", 0
    for name in ("cp932", "euc_jp"):
        text = _decoded(head, name)
        # Half-width katakana are single bytes, and so are accented letters: they prove nothing.
        kana = len(re.findall("[ぁ-んァ-ヶー]", text)) if text else 0
        if kana > most:
            best, most = name, kana
    if most:
        return best
    accented = sum(byte >= 0x80 for byte in head)
    chinese = _decoded(head, "gb18030")
    # A letter with an accent stands alone in European text; a Chinese character is a pair.
    pairs = len(re.findall("[\u4e00-\u9fff]", chinese)) if chinese else 0
    return "gb18030" if pairs * 2 > accented * 0.8 and pairs > 3 else "latin-1"


def _decoded(head: bytes, name: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return None
