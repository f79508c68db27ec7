"""The same as `sheet_process` for CSV."""

import csv
import io
from pathlib import Path

from dudao.kernel.sheet_process import MOST_COLUMNS, MOST_ROWS, Answer, Refused, Value, main


def read() -> None:
    main(_csv)


def _csv(path: str, _suffix: str) -> list[Answer]:
    text = _decoded(Path(path).read_bytes())
    delimiter = max(",\t;，", key=text[:4000].count)
    rows: list[list[Value]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) == MOST_ROWS:
                raise Refused("rows")
            rows.append([cell.strip() for cell in row[:MOST_COLUMNS]])
    except csv.Error as error:
        raise Refused("broken") from error
    return [{"name": "CSV", "rows": rows, "merged": []}]


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB18030, which is what Chinese Excel writes."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Refused("encoding")
