"""`python -m bench [NAME]`: run every benchmark, or one. Each prints JSON lines."""

import os
import runpy
import sys

NAMES = (
    "boards", "dashboard", "documents", "editor", "evidence", "export", "field-size", "field-start", "imports", "intake",
    "ledger", "live", "project", "search", "startup", "sync",
)  # fmt: skip


def main() -> None:
    asked = sys.argv[1:] or NAMES
    unknown = sorted(set(asked) - set(NAMES))
    if unknown:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    os.environ.setdefault(
        "DJANGO_SETTINGS_MODULE", "dudao.settings"
    )  # people of the browser are made by Django
    for name in asked:
        sys.argv = [f"bench {name}"]  # one that has options of its own takes them as `python -m bench.<name>`
        runpy.run_module(f"bench.{name.replace('-', '_')}", run_name="__main__")


if __name__ == "__main__":
    main()
