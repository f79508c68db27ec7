"""Reads about visits that span tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.inspections.models import Part, Sheet, Visit, VisitFile
from dudao.instruments import reading
from dudao.instruments.definitions import EVIDENCE
from dudao.instruments.scores import scores
from dudao.intake.covered import shown_outside
from dudao.intake.models import EvidenceFile, Medium
from dudao.rules.models import WordKind
from dudao.rules.queries import words
from dudao.ui.lists.looking import any_of, ways_to_hold


class Shot(NamedTuple):
    """A file of a visit, what it shows, whether its bytes are here, and whether they are what a browser may play."""

    file: VisitFile
    label: str
    is_stored: bool
    is_playable: bool
    is_masked: bool = False  # a copy with faces covered is shown in its place
    medium: Medium | None = None


class Answered(NamedTuple):
    line: reading.Line
    tone: str


class AnsweredSection(NamedTuple):
    """`above` are the titles of the sections it belongs to, the outermost first."""

    title: str
    above: list[str]
    rows: list[Answered]
    score: str


class AnsweredSheet(NamedTuple):
    """`inspector` is named where several filled in sheets; `is_supplement` says that it came after filing."""

    title: str
    inspector: str
    is_supplement: bool
    sections: list[AnsweredSection]
    score: str


TONES = {"yes": "text-green", "no": "text-red fw-bold"}
SHOWN_APART = (*EVIDENCE, "signature")  # as files, not as answers
_BY_SCHOOL = ("unit__name__holds", "unit__initials__holds")
_BY_PERSON = ("inspector__name__holds", "inspector__initials__holds")


def taken_part(user_id: int) -> Q:
    """Visits of which the person was the inspector, or into which her part of a joint visit was put."""
    return Q(inspector=user_id) | _joined(Q(inspector=user_id))


def _joined(of: Q) -> Q:
    """Joint visits into which such a part was put. By their keys: a join would give a visit once for each of its parts."""
    parts = Part.objects.filter(of, joined_at__isnull=False, joint__visit__isnull=False)
    return Q(pk__in=parts.values("joint__visit_id"))


def ways_to_find_visit(text: str) -> list[Q]:
    """The ways in which a visit is found by a text: its school, or anybody whose sheets are in it, by name or initials."""
    ways = [*ways_to_hold(text, _BY_SCHOOL + _BY_PERSON), *map(_joined, ways_to_hold(text, _BY_PERSON))]
    return ways if len(text) > 1 else [any_of(ways)]


def page_of_entry(entry_id: UUID) -> str | None:
    """The page of the visit that came of an entry, also where it was put into a colleague's."""
    visit = Visit.objects.filter(Q(pk=entry_id) | Q(joint__parts=entry_id)).first()
    return reverse("inspections:show", args=[visit.pk]) if visit else None


def filled_in_by(user_id: int) -> Q:
    """Sheets the person filled in herself."""
    return Q(part__isnull=True, visit__inspector=user_id) | Q(part__inspector=user_id)


def sheets_of(visit: Visit) -> list[Sheet]:
    """The visit's sheets in the order in which they were begun, with their instruments and who filled them in: the one way
    to read them."""
    sheets = list(visit.sheets.select_related("version", "part__inspector"))
    for sheet in sheets:
        sheet.visit = visit
    return sheets


def labels_of(sheets: Iterable[Sheet], language: str) -> dict[tuple[UUID | None, str], str]:
    """(sheet, item) → what was asked there."""
    return {
        (sheet.pk, item.key): item.label.in_language(language)
        for sheet in sheets
        for _section, item in sheet.version.definition.items()
    }


def files_of(visit: Visit) -> list[VisitFile]:
    """The visit's files in the order of the phone, each copy with faces covered (遮挡副本) after its original."""
    files = list(visit.files.select_related("part__inspector"))
    taken = {one.sha256: one.position for one in files}
    return sorted(files, key=lambda one: (taken.get(one.masks, one.position), one.position))


def hashes_outside(visit: Visit) -> Callable[[Iterable[str]], list[str]]:
    """What gives the same photos as documents and the unit are shown them, each once; the visit's copies are asked for now."""
    copies: dict[str, list[str]] = {}
    for one in visit.files.exclude(masks=""):
        copies.setdefault(one.masks, []).append(one.sha256)
    return lambda hashes: list(dict.fromkeys(shown for one in hashes for shown in copies.get(one, [one])))


def shots(visit: Visit, sheets: Sequence[Sheet], *, with_masked: bool) -> list[Shot]:
    """The visit's files; the originals of photos with faces covered only `with_masked`."""
    files = files_of(visit) if with_masked else shown_outside(files_of(visit))
    stored = EvidenceFile.objects.in_bulk([one.sha256 for one in files])
    media = Medium.objects.in_bulk([one.sha256 for one in files])
    labels = labels_of(sheets, get_language() or "zh")
    masked = {one.masks for one in files}
    return [
        Shot(
            one,
            _signature(visit, one) or labels.get((one.sheet_id, one.item), _("现场照片")),
            is_stored=one.sha256 in stored,
            is_playable=one.sha256 in stored and stored[one.sha256].trusted,
            is_masked=one.sha256 in masked,
            medium=media.get(one.sha256),
        )
        for one in files
    ]


def _signature(visit: Visit, file: VisitFile) -> str:
    """Whose signature a file is, by name where several inspectors signed; nothing if it is none of theirs or the unit's."""
    if file.role != "signature" or file.item not in ("inspector", "unit"):
        return ""
    if file.item == "unit":
        return _("学校签字：%(name)s") % {"name": visit.unit_signer} if visit.unit_signer else _("学校签字")
    if not visit.parts:
        return _("督学签字")
    signer = file.part.inspector if file.part else visit.inspector
    return _("督学签字：%(name)s") % {"name": signer.name}


def answered_sheet(sheet: Sheet) -> AnsweredSheet:
    """The sheet as it was filled: relevant items only, in the viewer's language."""
    definition, held = sheet.version.definition, sheet.held
    whole, parts = scores(definition, held)
    sections = []
    for section in definition.sections:
        rows = [
            Answered(line, TONES.get(str(line.value), ""))
            for item in section.items
            if item.type not in SHOWN_APART and item.key in held.relevant
            for line in reading.lines(item, held, sheet.notes)
        ]
        score = parts.get(section.key)
        if rows or score:
            above = [reading.said(one.title) for one in reversed(definition.lineage(section)[1:])]
            sections.append(
                AnsweredSection(
                    reading.said(section.title), above, rows, reading.score(score) if score else ""
                )
            )
    by = sheet.inspector.name if sheet.visit.parts else ""
    late = sheet.part is not None and sheet.part.is_supplement
    return AnsweredSheet(sheet.version.title, by, late, sections, reading.score(whole) if whole else "")


def method_labels(visit: Visit) -> list[str]:
    names = {word.key: word.label for word in words(WordKind.METHOD)}
    return [names.get(key, key) for key in methods_of(visit)]


def methods_of(visit: Visit) -> list[str]:
    """What was done by anyone of those who came, each once."""
    return list(dict.fromkeys([*visit.methods, *(key for part in visit.parts for key in part.methods)]))
