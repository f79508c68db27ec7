"""`python -m bench [NAME]`: run every benchmark, or one. Each prints JSON lines."""

import os
import runpy
import sys
from pathlib import Path

NOT_BENCHMARKS = {"__init__", "__main__", "pairs"}
NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_BENCHMARKS)


def main() -> None:
    asked = sys.argv[1:] or NAMES
    unknown = sorted(set(asked) - set(NAMES))
    if unknown:
        raise SystemExit(f"no such benchmark: {unknown}; there are {NAMES}")
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "dudao.settings"
    )  # the browser's people are made by Django
    for name in asked:
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
