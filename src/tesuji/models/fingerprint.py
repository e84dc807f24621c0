"""A short name for weights on disk that changes when they change."""

from __future__ import annotations

import hashlib
from pathlib import Path

_READ = 64 * 2**20  # up to this many bytes the content itself is hashed: 0.1 s at most
_KINDS = frozenset({".onnx", ".data", ".safetensors", ".bin", ".gguf", ".json", ".jinja", ".model"})


def fingerprint(path: Path) -> str:
    """16 hexadecimal digits for a model file or folder.

    Small models are known by their content, wherever they lie. Big ones by the sizes and times of
    their files, for reading them twice would cost minutes.
    """
    files = [path] if path.is_file() else [f for f in path.iterdir() if f.suffix in _KINDS]
    stats = [(file, file.stat()) for file in sorted(files)]
    small = sum(stat.st_size for _, stat in stats) <= _READ
    digest = hashlib.sha256()
    for file, stat in stats:
        mark = hashlib.sha256(file.read_bytes()).hexdigest() if small else str(stat.st_mtime_ns)
        name = file.name if path.is_dir() else ""
        digest.update(f"{name}\0{stat.st_size}\0{mark}\0".encode())
    return digest.hexdigest()[:16]
