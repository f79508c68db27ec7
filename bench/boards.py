"""Notice boards: 500 schools in one PDF, each with the photo of one of 100 inspectors.

    python -m bench.boards [--boards 500] [--pairs 5]

The floor is the bare compiler on the same boards in lots, nothing read, checked or joined. Ours begins at the rows'
objects and the stored photos and ends with the joined file. First comes the memory of one order in a fresh process, after
a tenth of the boards and after all: it must not grow with their number. Then a single Typst document of all, for what
that would take.
"""

import argparse
import io
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bench.imports import _set_up
from bench.pairs import collect_pairs, memory_mib, peak_memory_mib, print_line

PACKAGES = ("typst", "pillow", "segno")
SCHOOLS_EACH = 5
ROUNDS = count(1)  # no board is set twice, or the compiler answers from its memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        _set_up(Path(home))
        inspectors = _inspectors(chosen.boards // SCHOOLS_EACH)
        _measure_memory(inspectors, chosen.boards)
        few = min(chosen.boards, 50)
        result = collect_pairs(
            ours=lambda: few / _written(_boards(inspectors, few)),
            floor=lambda: few / _bare(_boards(inspectors, few)),
            pairs=chosen.pairs,
            unit="boards/s",
        )
        print_line("boards", what=f"{few} boards into one file", result=result, packages=PACKAGES)
        before, begun = memory_mib(), time.perf_counter()
        _bare(_boards(inspectors, chosen.boards), chosen.boards)
        print_line(
            "boards", what=f"{chosen.boards} boards as one Typst document, for comparison", packages=PACKAGES,
            boards_per_second=round(chosen.boards / (time.perf_counter() - begun), 1),
            added_mib=round(peak_memory_mib() - before, 1),
        )  # fmt: skip


def _measure_memory(inspectors: list[Any], boards: int) -> None:
    from dudao.inspectors import board_pdf

    after: dict[int, float] = {}

    def told(done: int) -> None:
        if done in (boards // 10, boards // 2, boards):
            after[done] = round(memory_mib(), 1)

    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        pages = board_pdf.write(_boards(inspectors, boards), "A3", out, told)
        seconds, size = time.perf_counter() - begun, out.tell()
    print_line(
        "boards", what=f"one order of {boards} boards", packages=PACKAGES, pages=pages, bytes=size,
        seconds=round(seconds, 1), boards_per_second=round(pages / seconds, 1), after_mib=after,
    )  # fmt: skip


def _written(boards: Iterator[Any]) -> float:
    from dudao.inspectors import board_pdf

    with tempfile.TemporaryFile() as out:
        begun = time.perf_counter()
        board_pdf.write(boards, "A3", out)
        return time.perf_counter() - begun


def _bare(boards: Iterator[Any], at_once: int = 0) -> float:
    """The time the compiler alone takes, in lots of as many as ours or of `at_once`."""
    import json

    from dudao.documents.fonts import catalogue
    from dudao.inspectors import board_pdf

    shared, took = board_pdf._shared("A3"), 0.0
    everything = list(boards)
    step = at_once or board_pdf.AT_ONCE
    for start in range(0, len(everything), step):
        with tempfile.TemporaryDirectory() as work:
            files = {"main.typ": board_pdf.TEMPLATE.read_bytes()}
            pages = []
            for index, board in enumerate(everything[start : start + step]):
                files[f"code{index}.svg"] = board_pdf._code(board.url)
                pages.append(board_pdf._page(board, f"code{index}.svg", Path(work)))
            files["data.json"] = json.dumps(shared | {"boards": pages}, ensure_ascii=False).encode()
            begun = time.perf_counter()
            board_pdf._compiler(catalogue.folder()).compile(
                input=files,
                root=work,
                format="pdf",
                timestamp=datetime(2026, 11, 25, tzinfo=UTC),
                pdf_tags=False,
            )
            took += time.perf_counter() - begun
    return took


def _inspectors(number: int) -> list[Any]:
    """Inspectors with a photo each, as large as the product keeps them."""
    from django.core.files.base import ContentFile
    from PIL import Image, ImageFilter

    from dudao.inspectors.models import Inspector
    from dudao.people.models import User
    from dudao.places.models import Region

    region = Region(name="天元区", office="株洲市天元区人民政府教育督导室")
    chance = random.Random(1)
    made = []
    for index in range(number):
        image = Image.effect_noise((900, 1200), chance.randint(30, 60)).convert("RGB")
        out = io.BytesIO()
        image.filter(ImageFilter.GaussianBlur(2)).save(out, "JPEG", quality=88)
        one = Inspector(
            user=User(name=f"督学{index}", certificate_no=f"株督证2026-{index:03d}"),
            region=region,
            public_phone=f"0731-2868{index:04d}",
        )
        one.photo.save(f"{index}.jpg", ContentFile(out.getvalue()), save=False)
        made.append(one)
    return made


def _boards(inspectors: list[Any], number: int) -> Iterator[Any]:
    from dudao.inspectors.boards import Board
    from dudao.places.models import Unit

    turn = next(ROUNDS)
    for index in range(number):
        one = inspectors[index // SCHOOLS_EACH % len(inspectors)]
        unit = Unit(
            code=f"2143{turn:03d}{index:05d}", name=f"天元区泰山路第{turn}至{index}小学", region=one.region
        )
        yield Board(unit, one, f"天元第{index // 20}督学责任区", date(2029, 8, 31), "")


if __name__ == "__main__":
    main()
