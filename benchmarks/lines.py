"""Lines of code by room, so that growth is seen. `python -m benchmarks.lines`"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def count(path: Path) -> int:
    """Lines of a file that are not blank."""
    return sum(1 for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def main() -> None:
    """Print lines of source and of tests by room, and the longest modules."""
    source, tests = Counter[str](), Counter[str]()
    longest = []
    for path in sorted((ROOT / "src" / "tesuji").rglob("*.py")):
        parts = path.relative_to(ROOT / "src" / "tesuji").parts
        source[parts[0] if len(parts) > 1 else "."] += count(path)
        longest.append((count(path), "/".join(parts)))
    for path in sorted((ROOT / "tests").rglob("*.py")):
        parts = path.relative_to(ROOT / "tests").parts
        tests[parts[0] if len(parts) > 1 else "."] += count(path)
    print(f"{'room':<14}{'lines':>7}{'tests':>7}")
    for room in sorted(source | tests):
        print(f"{room:<14}{source[room]:>7}{tests[room]:>7}")
    print(f"{'all':<14}{source.total():>7}{tests.total():>7}")
    print("longest: " + ", ".join(f"{name} {n}" for n, name in sorted(longest)[-3:][::-1]))


if __name__ == "__main__":
    main()
