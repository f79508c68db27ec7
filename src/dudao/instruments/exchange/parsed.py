"""An XLSForm as pyxform reads it. pyxform runs in a process of its own, because the form is a stranger's."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Literal

import msgspec

from dudao.kernel.sheets import SECONDS, Sheet


class Line(msgspec.Struct):
    """One row: what it says by pyxform's names, grouped (`bind`, `control`, languages), and what its type means.

    `kind` is begin, end, select, question, setting, or unknown; `of` says which: a container, a command of selecting, or
    the control, medium and data type of a question.
    """

    number: int
    values: dict[str, Any]
    kind: Literal["begin", "end", "select", "question", "setting", "unknown", ""] = ""
    of: str = ""
    choices: str = ""
    has_other: bool = False
    bind: dict[str, str] = {}


class Form(msgspec.Struct):
    """The sheets of a form. `error` is what pyxform says against it, empty where it accepts the form."""

    survey: list[Line] = []
    choices: list[Line] = []
    settings: dict[str, Any] = {}
    own: list[list[str]] = []
    sheets: list[str] = []
    error: str = ""
    error_row: int = 0


def parsed(sheets: Sequence[Sheet], filename: str) -> Form:
    """The form, read in a process of its own."""
    command = [sys.executable, "-m", "dudao.instruments.exchange.judging", PurePath(filename).stem]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=msgspec.json.encode(sheets), capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Form(error="too much to read")
    if done.returncode:
        return Form(error="too much to read")
    return msgspec.json.decode(done.stdout, type=Form)
