"""Reading whichever of the two a file is."""

from dudao.instruments.exchange.found import Reading, opened, told
from dudao.instruments.exchange.reading import read_sheets
from dudao.instruments.exchange.xlsform_reading import is_form, read_form
from dudao.kernel.sheets import Unreadable


def read_file(data: bytes, filename: str, *, leave_out: bool = False) -> Reading:
    """The instrument in our workbook or in an XLSForm, whose unsupported parts `leave_out` leaves out."""
    try:
        sheets = opened(data)
    except Unreadable as error:
        return told(error)
    return read_form(sheets, filename, leave_out=leave_out) if is_form(sheets) else read_sheets(sheets)
