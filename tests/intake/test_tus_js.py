"""The client browsers use, which we did not write either, uploads to us through breaks."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.intake.house import ROOT, House
from tests.intake.phone import Phone, sha256
from tests.intake.test_tuspy import metadata_of
from tests.nodes import node

PIECE = 64 * 1024
BREAKS = 5


def test_tus_js_client_goes_on_after_every_break(house: House, phone: Phone, tmp_path: Path) -> None:
    if not node() or not (ROOT / "frontend" / "node_modules" / "tus-js-client").exists():
        pytest.skip(
            "LEFT OUT: tus-js-client was NOT tried; Node or frontend/node_modules is missing (run make)"
        )
    content = os.urandom(20 * PIECE + 17)
    path = tmp_path / "video"
    path.write_bytes(content)
    told = {
        "frontend": str(ROOT / "frontend"), "endpoint": f"{house.url}/door/files", "token": phone.token, "path": str(path),
        "metadata": metadata_of(content), "pieces": PIECE, "breaks": BREAKS,
    }  # fmt: skip
    script = ROOT / "tests" / "intake" / "tus_client.mjs"
    done = subprocess.run(
        [node(), str(script)], input=json.dumps(told), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    offsets = json.loads(done.stdout)["offsets"]
    assert len(offsets) == BREAKS
    assert offsets == sorted(offsets), "no break throws back what had come before"
    assert house.stored_bytes(sha256(content)) == content
