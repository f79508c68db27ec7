"""Reads about visits that span tables."""

from typing import NamedTuple

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dudao.inspections.models import Visit, VisitFile
from dudao.instruments.definitions import Item
from dudao.instruments.sheets import is_relevant, relevant_answers
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


def answered_sections(visit: Visit) -> list[AnsweredSection]:
    """The sheet as it was filled: relevant items only, in the viewer's language."""
    language = get_language() or "zh"
    definition = visit.version.definition
    held = relevant_answers(definition, visit.answers)
    sections = []
    for section in definition.sections:
        rows = [
            Answered(
                item.label.in_language(language),
                _answer(item, held.get(item.key), language),
                visit.notes.get(item.key, ""),
                {"yes": "text-green", "no": "text-red fw-bold"}.get(str(held.get(item.key)), ""),
            )
            for item in section.items
            if item.type not in ("photo", "signature") and is_relevant(section, item, held)
        ]
        if rows:
            sections.append(AnsweredSection(section.title.in_language(language), rows))
    return sections


def _answer(item: Item, value: object, language: str) -> str:
    if value is None:
        return _("未填")
    if item.type == "yes_no":
        return {"yes": _("是"), "no": _("否"), "na": _("不适用")}.get(str(value), str(value))
    if item.type == "single":
        return next((one.label.in_language(language) for one in item.choices if one.key == value), str(value))
    if item.type == "integer":
        return f"{value} {item.unit.in_language(language)}".strip()
    return str(value)


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
