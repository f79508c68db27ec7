"""Take the pictures of every kind of document for `docs/tour.md`, from the sample city's data:

    DUDAO_HOME=var/demo python tools/papers.py

What it drafts is rolled back. Needs pdftoppm (poppler).
"""

import os
import subprocess
import tempfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dudao.settings")
django.setup()

from django.db import transaction  # noqa: E402
from PIL import Image  # noqa: E402

from dudao.documents import drafting, figures, official, pdf  # noqa: E402
from dudao.documents.models import Document  # noqa: E402
from dudao.documents.official import OfficialDocument  # noqa: E402
from dudao.findings import papers as of_problems  # noqa: E402
from dudao.findings.models import Finding  # noqa: E402
from dudao.insight import monthly  # noqa: E402
from dudao.inspections import papers as of_visits  # noqa: E402
from dudao.inspections.models import Visit  # noqa: E402
from dudao.inspectors import board_pdf  # noqa: E402
from dudao.inspectors.boards import boards_of  # noqa: E402
from dudao.instruments.queries import current_version  # noqa: E402
from dudao.kernel import clock  # noqa: E402
from dudao.kernel.ids import uuid7  # noqa: E402
from dudao.people.models import User  # noqa: E402
from dudao.places.models import Unit  # noqa: E402

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LESSON = {
    "teacher_post": "五年级数学教师", "subject": "maths", "grade": 5, "period": 3, "present": 42, "as_timetable": "yes",
    "plan": "yes", "c_goal": 9, "c_content": 9, "c_load": 8, "c_method": 8, "talk": 4, "merits": "例题由浅入深，学生敢于提问。",
}  # fmt: skip
TALK = {"lessons_heard": 12, "meals": 8, "said": "希望统筹安排各类检查，减少重复报表。"}


def take(name: str, body: bytes, page: int = 1) -> None:
    """One page as a small picture."""
    with tempfile.TemporaryDirectory() as folder:
        file, picture = Path(folder) / "a.pdf", Path(folder) / "a"
        file.write_bytes(body)
        command = [
            "pdftoppm",
            "-r",
            "48",
            "-f",
            str(page),
            "-l",
            str(page),
            "-singlefile",
            "-png",
            file,
            picture,
        ]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        with Image.open(f"{picture}.png") as image:
            image.convert("RGB").quantize(64).save(OUT / f"paper-{name}.png", optimize=True)


def main() -> None:
    clerk = User.objects.get(username="demo-county")
    school = Unit.objects.select_related("region").get(grant__user__username="demo-school")
    problems = Finding.objects.filter(unit=school)
    visit = Visit.objects.filter(unit=school).order_by("-started_at")[0]
    for position, (key, answers) in enumerate(
        (("class-observation", LESSON), ("interview-heads", TALK)), start=50
    ):
        visit.sheets.create(id=uuid7(), position=position, version=current_version(key), answers=answers)
    made: dict[str, OfficialDocument] = {}
    for kind, paper in of_problems.PAPERS.items():
        chosen = problems if paper.one_unit else Finding.objects.filter(unit__region=school.region)
        made[kind] = drafting.text_of(of_problems.draft(kind, chosen, by=clerk))
    for kind in of_visits.PAPERS:
        made[kind] = drafting.text_of(of_visits.draft(kind, visit, by=clerk))
    about = monthly.About.of_region(school.region)
    made["monthly-report"] = drafting.text_of(monthly.draft(about, clock.today(), by=clerk))
    for kind in ("visit-report", "finding-list", "appointment-letter"):
        made[kind] = official.from_plain(Document.objects.filter(kind=kind).order_by("-issued_at")[0].source)
    for kind, text in made.items():
        take(
            kind,
            pdf.render(text, figures.load),
            page={"finding-list": 3, "rectification-ledger": 2}.get(kind, 1),
        )
    take("board", board_pdf.one(boards_of([school], clock.today())[0], board_pdf.Paper.A3))


if __name__ == "__main__":
    with transaction.atomic():
        main()
        transaction.set_rollback(True)
