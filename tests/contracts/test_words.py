"""Both languages are complete."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "dudao"
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"


def test_the_english_catalogue_has_no_gap_and_no_guess() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text)
    entries = [message for message in catalogue if message.id]
    holes = [
        message.id
        for message in entries
        if message.fuzzy or not all(message.string if isinstance(message.string, tuple) else [message.string])
    ]
    assert entries
    assert not holes, f"translate in locale/en/LC_MESSAGES/django.po: {holes[:10]}"


def test_placeholders_survive_translation() -> None:
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text)
    wrong = [str(message.id) for message in catalogue if message.id and list(message.check(catalogue))]
    assert not wrong, f"placeholders differ: {wrong}"


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="LEFT OUT: GNU gettext is not installed")
def test_every_source_text_stands_in_the_catalogue(tmp_path) -> None:
    """Extract again, as `make words` does, and compare."""
    copy = tmp_path / "dudao"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "*.mo", "__pycache__"))
    (copy / "locale" / "en" / "LC_MESSAGES" / "django.po").unlink()
    subprocess.run(
        ["django-admin", "makemessages", "-l", "en", "--no-location", "--no-wrap"],
        cwd=copy, check=True, capture_output=True, env={"PATH": _path()},
    )  # fmt: skip
    with (
        (copy / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as fresh,
        CATALOGUE.open("rb") as kept,
    ):
        wanted = {message.id for message in read_po(fresh) if message.id}
        held = {message.id for message in read_po(kept) if message.id}
    assert not wanted - held, f"run `make words` and translate: {sorted(map(str, wanted - held))[:10]}"
    assert not held - wanted, f"run `make words`; no longer used: {sorted(map(str, held - wanted))[:10]}"


def _path() -> str:
    return f"{Path(sys.executable).parent}:{os.environ['PATH']}"
