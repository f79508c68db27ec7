"""Many notice boards in one PDF, made by a worker while the person goes on."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from dudao.documents.orders import Made, carry_out
from dudao.inspectors import board_pdf, messages
from dudao.inspectors.boards import Board, boards_of, schools
from dudao.inspectors.models import Printing
from dudao.kernel import clock

AT_ONCE = 200


def make(pk: str) -> None:
    """Make the boards of an order."""
    carry_out(Printing, pk, _write, messages.tell_made)


def _write(printing: Printing, out: BinaryIO, told: Callable[[int], None]) -> Made:
    left_out: list[list[str]] = []
    pages = board_pdf.write(
        _printable(printing, left_out), printing.paper, out, lambda done: told(done + len(left_out))
    )
    return Made(pages, "pdf", left_out)


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
