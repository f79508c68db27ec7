"""What reading a file gave: an instrument, or what stands in the way, cell by cell."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from dudao.instruments.definitions import Definition
from dudao.kernel import sheets
from dudao.kernel.sheets import Sheet


class Fault(NamedTuple):
    """One thing wrong: in which sheet, row (from 1; 0 is the whole sheet) and column, and what would be right.

    `unsupported` names what XLSForm has and an instrument has not (`calculate`, `regex()`); with a mistake it is empty.
    """

    sheet: str
    row: int
    column: str
    wrong: str
    right: str = ""
    unsupported: str = ""


class Reading(NamedTuple):
    """The definition, or None while there are faults; `remarks` are harmless things that were left out."""

    definition: Definition | None
    faults: list[Fault]
    remarks: list[Fault] = []


def opened(data: bytes) -> list[Sheet]:
    """The visible sheets of a workbook, or of a CSV file the one. Raises Unreadable."""
    is_workbook = data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
    with tempfile.NamedTemporaryFile() as copy:
        copy.write(data)
        copy.flush()
        return sheets.read(Path(copy.name), ".xlsx" if is_workbook else ".csv")


def told(error: sheets.Unreadable) -> Reading:
    """A file that could not be opened."""
    return Reading(None, [Fault("", 0, "", str(error.message))])
