"""Reads about visits that span tables."""

from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.inspections.models import Visit, VisitFile
from dudao.instruments import reading
from dudao.instruments.scores import scores
from dudao.instruments.sheets import is_relevant
from dudao.intake.models import EvidenceFile
from dudao.people.access import Anyone
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.models import WordKind
from dudao.rules.queries import words


class Shot(NamedTuple):
    """A file of a visit, what it shows, and whether its bytes are here."""

    file: VisitFile
    label: str
    is_stored: bool


class Answered(NamedTuple):
    label: str
    answer: str
    note: str
    tone: str


class AnsweredSection(NamedTuple):
    title: str
    rows: list[Answered]
    score: str


class AnsweredSheet(NamedTuple):
    sections: list[AnsweredSection]
    score: str


def shots(visit: Visit) -> list[Shot]:
    files = list(visit.files.all())
    stored = set(
        EvidenceFile.objects.filter(sha256__in=[one.sha256 for one in files]).values_list("sha256", flat=True)
    )
    language = get_language() or "zh"
    labels = {
        item.key: item.label.in_language(language) for _section, item in visit.version.definition.items()
    }
    labels |= {"inspector": _("督学签字"), "unit": _("学校签字")}
    return [Shot(one, labels.get(one.item, _("现场照片")), one.sha256 in stored) for one in files]


def answered_sheet(visit: Visit) -> AnsweredSheet:
    """The sheet as it was filled: relevant items only, in the viewer's language."""
    definition, held = visit.version.definition, visit.held
    whole, parts = scores(definition, held)
    sections = []
    for section in definition.sections:
        rows = [
            Answered(
                reading.said(item.label),
                reading.answer(item, held.get(item.key)),
                visit.notes.get(item.key, ""),
                {"yes": "text-green", "no": "text-red fw-bold"}.get(str(held.get(item.key)), ""),
            )
            for item in section.items
            if item.type not in ("photo", "signature") and is_relevant(section, item, held)
        ]
        if rows:
            score = parts.get(section.key)
            sections.append(
                AnsweredSection(reading.said(section.title), rows, reading.score(score) if score else "")
            )
    return AnsweredSheet(sections, reading.score(whole) if whole else "")


def method_labels(visit: Visit) -> list[str]:
    names = {word.key: word.label for word in words(WordKind.METHOD)}
    return [names.get(key, key) for key in visit.methods]


def latest(user: Anyone, count: int = 30) -> list[Visit]:
    """What came in last, with the number of files that are still on their way."""
    rows = Visit.objects.visible_to(user, "live.view").select_related("unit__region", "inspector")
    return list(rows.annotate(finding_count=Count("findings")).order_by("-arrived_at")[:count])


def regions_below(user: User, capability: str = "visit.view") -> list[Region]:
    """Regions under the person's own: what a region filter offers."""
    paths = [grant.region.path for grant in user.grants_with(capability) if grant.region]
    return [
        region for path in paths for region in Region.objects.filter(path__startswith=path).exclude(path=path)
    ]
