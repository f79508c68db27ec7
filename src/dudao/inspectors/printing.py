"""Many notice boards in one PDF, made by a worker while the person goes on."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files import File

from dudao.inspectors import board_pdf, messages
from dudao.inspectors.boards import Board, boards_of, schools
from dudao.inspectors.models import Printing, PrintingState
from dudao.kernel import clock
from dudao.kernel.text import shorten
from dudao.people.models import User

AT_ONCE = 200
KEPT = timedelta(days=30)


def make(pk: str) -> None:
    """Make the file of an order. Delivered twice, it makes it once; what goes wrong is noted and raised again."""
    printing = Printing.objects.select_related("user").filter(pk=pk).exclude(state=PrintingState.MADE).first()
    if printing is None:
        return
    Printing.objects.filter(pk=pk).update(state=PrintingState.MAKING, done=0, reason="", left_out=[])
    try:
        _make(printing)
    except Exception as error:
        reason = shorten(f"{type(error).__name__}: {error}", 500)
        Printing.objects.filter(pk=pk).update(state=PrintingState.FAILED, reason=reason)
        raise
    printing.refresh_from_db()
    messages.tell_made(printing)
    _forget_old(printing.user)


def _make(printing: Printing) -> None:
    left_out: list[list[str]] = []

    def told(done: int) -> None:
        Printing.objects.filter(pk=printing.pk).update(done=done + len(left_out))

    with tempfile.TemporaryFile() as out:
        pages = board_pdf.write(_printable(printing, left_out), printing.paper, out, told)
        if pages:
            out.seek(0)
            printing.file.save(f"{printing.pk.hex}.pdf", File(out), save=False)
    Printing.objects.filter(pk=printing.pk).update(
        state=PrintingState.MADE,
        file=printing.file.name or "",
        pages=pages,
        done=printing.total,
        left_out=left_out,
        ended_at=clock.now(),
    )


def _printable(printing: Printing, left_out: list[list[str]]) -> Iterator[Board]:
    """The boards that can be printed, read a portion at a time; who is left out, and why, is noted on the way."""
    today = clock.today()
    for start in range(0, len(printing.units), AT_ONCE):
        keys = printing.units[start : start + AT_ONCE]
        found = {str(unit.pk): unit for unit in schools().filter(pk__in=keys)}
        for board in boards_of([found[key] for key in keys if key in found], today):
            if board.gap:
                left_out.append([board.unit.name, board.gap])
            else:
                yield board


def _forget_old(user: User) -> None:
    """A board is printed soon or made again: files older than a month make room."""
    old: Any = Printing.objects.filter(user=user, ended_at__lt=clock.now() - KEPT).exclude(file="")
    for printing in old:
        printing.file.delete(save=False)
        Printing.objects.filter(pk=printing.pk).update(file="")
