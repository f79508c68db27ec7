"""Documents: PDF and DOCX of a visit report with 30 photos, a visit record, a problem list of 200 rows.

    python -m bench.documents [--pairs 7] [--reports 100]

The floor of a PDF is the bare Typst compiler on the same page already in source form: the data as a Typst literal in
the template, the pictures ready in a folder, fonts open. Ours begins at the document and the original photos. A DOCX
is held against the same floor. Last comes the memory of many reports in one process.
"""

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from tests.documents import samples

from bench.pairs import measure_pairs, memory_mib, print_line
from dudao.documents import docx, pdf
from dudao.documents.fonts import catalogue
from dudao.documents.official import OfficialDocument

PACKAGES = ("typst", "python-docx", "pillow", "msgspec")
NUMBERS = count(1)  # none is used twice in a run
Case = tuple[str, OfficialDocument, samples.Pictures]


def cases() -> list[Case]:
    """The three documents, with photos as a phone sends them: 1600 by 1200 pixels."""
    photos = samples.Pictures()
    report = samples.long_report(photos, photos=30, size=(1600, 1200))
    listed = replace(samples.short_report(), attachments=(samples.problem_list(200),))
    return [
        ("visit report with 30 photos", replace(report, attachments=()), photos),
        ("visit record", samples.visit_record(), samples.Pictures()),
        ("problem list of 200 rows", listed, samples.Pictures()),
    ]


def literal(value: Any) -> str:
    """A value as Typst source."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "(" + "".join(f"{json.dumps(key)}: {literal(one)}, " for key, one in value.items()) + ")"
    if isinstance(value, list):
        return "(" + "".join(f"{literal(one)}, " for one in value) + ")"
    return json.dumps(value, ensure_ascii=False)


def bare_compilation(document: OfficialDocument, load: samples.Pictures, work: Path) -> Callable[[], bytes]:
    """The floor: everything made ready once, then only the compiler. Each run has a number of its own in the source,
    because the compiler answers a page it has just set from memory."""
    folder = catalogue.folder()
    files = pdf._Source(replace(document, number="%number%"), load, folder, work, "").files()
    data = literal(json.loads(files.pop("data.json")))
    page = files["main.typ"].replace(b'json("data.json")', data.encode())
    moment, compiler = datetime(2026, 11, 22, tzinfo=UTC), pdf._compiler(folder)

    def compile_it() -> bytes:
        files["main.typ"] = page.replace(b"%number%", f"株天教督〔2027〕{next(NUMBERS)}号".encode())
        made = compiler.compile(input=files, root=str(work), format="pdf", timestamp=moment)
        assert isinstance(made, bytes)
        return made

    return compile_it


def measure(case: Case, pairs: int) -> None:
    what, document, load = case
    fresh = Renewed(document)
    for name, render in (("PDF", pdf.render), ("DOCX", docx.render)):
        with tempfile.TemporaryDirectory() as work:
            floor = bare_compilation(document, load, Path(work))
            size = len(render(document, load))
            result = measure_pairs(ours=lambda render=render: render(fresh(), load), floor=floor, pairs=pairs)
        print_line("documents", what=f"{name} of a {what}", result=result, packages=PACKAGES, bytes=size)


class Renewed:
    """The same document with a new number each time, so that the compiler cannot answer from its memory."""

    def __init__(self, document: OfficialDocument) -> None:
        self.document = document

    def __call__(self) -> OfficialDocument:
        return replace(self.document, number=f"株天教督〔2026〕{next(NUMBERS)}号")


def measure_memory(case: Case, reports: int) -> None:
    """Many reports in one process: memory after a tenth of them and after all."""
    what, document, load = case
    fresh, early = Renewed(document), max(reports // 10, 1)
    after_early = 0.0
    for done in range(1, reports + 1):
        made = fresh()
        pdf.render(made, load)
        docx.render(made, load)
        gc.collect()  # as the worker does after each document
        if done == early:
            after_early = memory_mib()
    print_line(
        "documents",
        what=f"memory of {reports} × PDF and DOCX of a {what} in one process",
        packages=PACKAGES,
        after_mib={str(early): round(after_early, 1), str(reports): round(memory_mib(), 1)},
        growth_mib=round(memory_mib() - after_early, 1),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--reports", type=int, default=100)
    chosen = parser.parse_args()
    sys.stderr.write(f"fonts: {catalogue.folder()}\n")
    found = cases()
    for case in found:
        measure(case, chosen.pairs)
    measure_memory(found[0], chosen.reports)


if __name__ == "__main__":
    main()
