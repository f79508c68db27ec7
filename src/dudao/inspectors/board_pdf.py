"""Notice boards as a PDF for the printer, set by Typst with the template `board.typ`.

A few boards are set at a time and joined to the rest, so that five hundred need no more memory than a handful. The
texts reach the template as JSON, as those of official documents do.
"""

import gc
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, BinaryIO, TypeVar

import segno
import typst
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from dudao.documents import layout, official, pdf
from dudao.documents.fonts import catalogue, coverage
from dudao.documents.joining import Joiner
from dudao.inspectors.boards import DUTIES, Board
from dudao.kernel import clock
from dudao.rules.models import WordKind
from dudao.rules.queries import offered

TEMPLATE = Path(__file__).with_name("board.typ")
TITLE = "责任督学公示牌"
LONGEST_WORD = 24
AT_ONCE = 5
T = TypeVar("T")

_compiling = Lock()  # the compiler works on both cores by itself


class Paper(models.TextChoices):
    """The size of the board (纸张)."""

    A3 = "A3", _("A3（420×297 毫米）")
    A2 = "A2", _("A2（594×420 毫米）")


SIZES = {Paper.A3: (420, 297), Paper.A2: (594, 420)}


def write(
    boards: Iterable[Board], paper: str, out: BinaryIO, told: Callable[[int], None] = lambda done: None
) -> int:
    """Write a page for each board to `out`; returns how many. `told` hears how many are done.

    Raises catalogue.FontsMissing when no Chinese font is there.
    """
    shared = _shared(paper)
    joiner = Joiner(out, title=TITLE)
    done = 0
    for some in _in_parts(boards):
        joiner.add(_compiled(some, shared))
        done += len(some)
        gc.collect(0)
        told(done)
    return joiner.close()


def one(board: Board, paper: str) -> bytes:
    """The PDF of one board."""
    out = io.BytesIO()
    write([board], paper, out)
    return out.getvalue()


def _shared(paper: str) -> dict[str, Any]:
    """What all boards have in common."""
    width, height = SIZES[Paper(paper)]
    today = clock.today()
    folder = catalogue.folder()
    with override("zh-hans"):  # a board is Chinese whoever prints it
        duties = [str(duty) for duty in DUTIES]
    return {
        "width": width,
        "height": height,
        "faces": {role: _face(role, face) for role, face in catalogue.faces(folder).items()},
        "title": TITLE,
        "matters": [_text(word.zh) for word in offered(WordKind.THEME)],
        "duties": duties,
        "printed": f"{today.year}年{today.month}月制",
        "day": [today.year, today.month, today.day],
    }


def _compiled(boards: list[Board], shared: dict[str, Any]) -> bytes:
    year, month, day = shared["day"]
    files = {"main.typ": TEMPLATE.read_bytes()}
    with TemporaryDirectory(prefix="dudao-boards-") as work:
        pages = []
        for index, board in enumerate(boards):
            files[f"code{index}.svg"] = _code(board.url)
            pages.append(_page(board, f"code{index}.svg", Path(work)))
        files["data.json"] = json.dumps(shared | {"boards": pages}, ensure_ascii=False).encode()
        with _compiling:
            made = _compiler(catalogue.folder()).compile(
                input=files,  # type: ignore[type-var]  # its stubs forget files from memory
                root=work,
                format="pdf",
                timestamp=datetime(year, month, day, tzinfo=UTC),
                pdf_tags=False,
            )
    if not isinstance(made, bytes):
        raise RuntimeError(f"unexpected {type(made)=} for {len(boards)=}")
    return made


def _page(board: Board, code: str, work: Path) -> dict[str, Any]:
    return {
        "school": _text(board.unit.name),
        "name": _text(board.name),
        "certificate": _text(board.certificate),
        "phone": _text(board.phone),
        "zone": _text(board.zone),
        "office": _text(board.office),
        "until": layout.chinese_date(board.until) if board.until else "",
        "photo": _photo(board, work),
        "code": code,
        "url": board.url,
    }


def _photo(board: Board, work: Path) -> str | None:
    """The photo's place in the folder of this compilation; None where there is none, or its file is lost."""
    if board.inspector is None or not board.inspector.photo:
        return None
    try:
        with board.inspector.photo.open("rb") as file:
            body = file.read()
    except FileNotFoundError:
        return None
    name = f"{hashlib.sha256(body).hexdigest()}.jpg"
    (work / name).write_bytes(body)
    return f"/{name}"


def _code(url: str) -> bytes:
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=0)
    return out.getvalue()


def _text(text: str) -> str:
    """The text as it can be set: on one line, every character drawable, every word breakable."""
    plain = " ".join(official.printable(text).split())
    drawable = _drawable(catalogue.folder())
    shown = "".join(sign if ord(sign) in drawable else pdf.stand_in(sign) for sign in plain)
    return layout.breakable(shown, LONGEST_WORD)


def _face(role: str, face: catalogue.Face) -> dict[str, Any]:
    """A face for the template. The sans is the wide one where it is there: rare characters look like their neighbours."""
    if role == "heiti" and catalogue.NOTO_SANS in catalogue.present(catalogue.folder()):
        face = catalogue.Face((catalogue.NOTO_SANS.family, *face.families), 400, thicken=0.25)
    return {"families": list(face.families), "weight": face.weight, "thicken": face.thicken}


@cache
def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(font_paths=[str(folder)], ignore_system_fonts=True)


@cache
def _drawable(folder: Path) -> frozenset[int]:
    return frozenset().union(*(coverage.characters(folder / file.name) for file in catalogue.present(folder)))


def _in_parts(boards: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(boards)
    while part := list(islice(rest, AT_ONCE)):
        yield part
