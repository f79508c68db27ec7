"""Compressed bytes to the first use of the phone app, against its budget of 170 kB of script (`docs` of the bar).

Prints one JSON line; the ratio is ours ÷ budget.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

BUILT = Path(__file__).resolve().parents[1] / "src" / "dudao" / "static" / "built"
BUDGET = 170 * 1000


def files_to_first_use(manifest: dict[str, Any], entry: str) -> set[str]:
    """The entry, its styles, and everything it imports before anything shows."""
    found: set[str] = set()
    waiting, seen = [entry], set()
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        found |= {manifest[key]["file"], *manifest[key].get("css", [])}
        waiting += manifest[key].get("imports", [])
    return found


def main() -> None:
    manifest = json.loads((BUILT / "manifest.json").read_text("utf-8"))
    sizes = {
        name: len(gzip.compress((BUILT / name).read_bytes(), 9))
        for name in files_to_first_use(manifest, "field/main.ts")
    }
    script = sum(size for name, size in sizes.items() if name.endswith(".js"))
    styles = sum(size for name, size in sizes.items() if name.endswith(".css"))
    line = {"name": "field-size", "what": "gzip bytes to first use", "script": script, "styles": styles, "budget": BUDGET, "ratio": round(script / BUDGET, 3)}  # fmt: skip
    json.dump(line, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
