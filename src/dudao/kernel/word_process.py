"""The same as `sheet_process` for the tables of a Word file."""

from typing import Any

import docx

from dudao.kernel.sheet_process import MOST_COLUMNS, MOST_ROWS, Answer, Refused, Value, main

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read() -> None:
    main(_tables)


def _tables(path: str, _suffix: str) -> list[Answer]:
    """Each table that stands in the text, not inside another table."""
    try:
        body = docx.Document(path).element.body
    except MemoryError:
        raise
    except Exception as error:  # whatever a stranger's package does to the reader: it ends in this process
        raise Refused("broken") from error
    found = [
        one for one in body.iter(_W + "tbl") if not any(up.tag == _W + "tc" for up in one.iterancestors())
    ]
    return [_table(one, f"Word {number}") for number, one in enumerate(found, start=1)]


def _table(source: Any, name: str) -> Answer:
    rows: list[list[Value]] = []
    merged = []
    for line in source.iterchildren(_W + "tr"):
        if len(rows) == MOST_ROWS:
            raise Refused("rows")
        row: list[Value] = []
        for cell in line.iterchildren(_W + "tc"):
            about = cell.find(_W + "tcPr")
            span = about.find(_W + "gridSpan") if about is not None else None
            wide = int(span.get(_W + "val") or 1) if span is not None else 1
            if wide > 1 or (about is not None and about.find(_W + "vMerge") is not None):
                merged.append(len(rows) + 1)
            paragraphs = (
                "".join(text.text or "" for text in one.iter(_W + "t")) for one in cell.iter(_W + "p")
            )
            row += [" ".join(filter(None, (one.strip() for one in paragraphs))), *[""] * (wide - 1)]
        rows.append(row[:MOST_COLUMNS])
    return {"name": name, "rows": rows, "merged": sorted(set(merged))}
