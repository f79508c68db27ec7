"""The fixed words of each kind of document, by region and date; an office writes its own, version by version."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from dudao.documents.kinds import Kind
from dudao.documents.models import Wording
from dudao.documents.official import OfficialDocument, Paragraph
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region
from dudao.rules.queries import paths_above

SEED = Path(__file__).parent / "seed" / "wordings.json"
SINCE = date(2021, 9, 1)
_PLACE = re.compile(r"\{(\w+)\}")
PLACES = {
    "单位": ("unit", gettext_lazy("被督导单位")),
    "机构": ("office", gettext_lazy("本督导机构")),
    "督导日期": ("date", gettext_lazy("督导日期")),
    "督学": ("inspector", gettext_lazy("责任督学")),
    "个数": ("count", gettext_lazy("问题个数")),
    "时限": ("days", gettext_lazy("整改时限")),
    "报告期": ("period", gettext_lazy("报告期")),
}
"""What a wording may leave to the data, written {单位}: the value's key, and what it is."""
WORDED = (
    Kind.RECTIFY, Kind.URGING, Kind.CONSULTATION, Kind.RECTIFICATION_REPORT, Kind.VERIFICATION, Kind.LEDGER, Kind.MONTHLY, Kind.BRIEF,
    Kind.RECORD, Kind.OBSERVATION, Kind.INTERVIEW,
)  # fmt: skip
"""The kinds an office drafts."""

TEXTS = ("mark", "organ", "opening", "closing", "contact", "copies")


class Standing(NamedTuple):
    """A kind with the wording that holds in a region, and whether the region set it itself."""

    kind: Kind
    wording: Wording | None
    is_own: bool
    coming: Wording | None


def overview(region: Region) -> list[Standing]:
    """Every kind that has a wording, as it holds in `region` today, and the region's own version still to come."""
    today = clock.today()
    found = []
    for kind in WORDED:
        row = in_force(kind, region, today)
        later = (
            Wording.objects.filter(kind=kind, region=region, starts_on__gt=today).order_by("-version").first()
        )
        found.append(Standing(kind, row, row is not None and row.region_id == region.pk, later))
    return found


class Words(NamedTuple):
    """The wording as it holds, its places filled."""

    mark: str
    organ: str
    opening: tuple[Paragraph, ...]
    closing: tuple[Paragraph, ...]
    copies: tuple[str, ...]


def load_wordings() -> None:
    """Add the national wordings that are not there yet."""
    for row in json.loads(SEED.read_text("utf-8")):
        Wording.objects.get_or_create(
            kind=row.pop("kind"), region=None, version=1, defaults={"starts_on": SINCE, **row}
        )


def in_force(kind: str, region: Region, on: date) -> Wording | None:
    """The wording of the nearest region up the tree that has one, else the national one."""
    near = Wording.objects.filter(kind=kind, starts_on__lte=on).select_related("region")
    rows = near.filter(region__path__in=paths_above(region)) | near.filter(region__isnull=True)
    return max(rows, key=lambda row: (len(row.region.path) if row.region else 0, row.version), default=None)


def versions_of(kind: str, region: Region) -> list[Wording]:
    """The region's own versions, newest first."""
    return list(
        Wording.objects.filter(kind=kind, region=region).select_related("set_by").order_by("-version")
    )


def dressed(text: OfficialDocument, region: Region, **values: str) -> OfficialDocument:
    """`text` between the office's fixed words: head, opening, closing, contact, copies, name."""
    words = _words(text.kind, region, {"office": region.office or region.name, **values})
    return replace(
        text,
        mark=words.mark,
        blocks=(*words.opening, *text.blocks, *words.closing),
        organ=text.organ or words.organ,
        copies_to=(*text.copies_to, *words.copies),
        printed_by=words.organ if text.shell == "document" else "",
    )


def organ_of(kind: str, region: Region) -> str:
    """The name the office puts under this kind of document."""
    row = in_force(kind, region, clock.today())
    return (row.organ if row else "") or region.office or region.name


def _words(kind: str, region: Region, values: dict[str, str]) -> Words:
    row, office = in_force(kind, region, clock.today()) or Wording(kind=kind), region.office or region.name
    contact = (Paragraph(text=f"联系人和电话：{row.contact}"),) if row.contact else ()
    return Words(
        mark=row.mark or office,
        organ=row.organ or office,
        opening=_paragraphs(row.opening, values),
        closing=(*_paragraphs(row.closing, values), *contact),
        copies=tuple(filter(None, row.copies.split("\n"))),
    )


def _paragraphs(text: str, values: dict[str, str]) -> tuple[Paragraph, ...]:
    filled = _PLACE.sub(lambda found: values.get(PLACES[found[1]][0], "") if found[1] in PLACES else "", text)
    return tuple(Paragraph(text=line) for line in filled.split("\n") if line.strip())


@transaction.atomic
def set_wording(kind: str, region: Region, *, starts_on: date, by: User, **texts: str) -> Wording:
    """A new version from a day on. Raises Forbidden beyond one's reach, Invalid for places nothing fills, or a past day."""
    if not Reach(by, "document.manage").covers(region):
        raise Forbidden
    if kind not in WORDED:
        raise Invalid(_("请从列表中选择。"), field="kind")
    if starts_on < clock.today():
        raise Invalid(_("启用日期不能早于今天：已经用过的模板不能改。"), field="starts_on")
    held = {name: clean(texts.get(name, "")) for name in TEXTS}
    for name in ("opening", "closing"):
        unknown = [place for place in _PLACE.findall(held[name]) if place not in PLACES]
        if unknown:
            known = "、".join(f"{{{place}}}" for place in PLACES)
            raise Invalid(
                _("{%(place)s} 没有对应的数据。可以用的有：%(known)s。")
                % {"place": unknown[0], "known": known},
                field=name,
            )
    last = Wording.objects.filter(kind=kind, region=region).order_by("-version").first()
    made = Wording.objects.create(
        kind=kind,
        region=region,
        version=last.version + 1 if last else 1,
        starts_on=starts_on,
        set_by=by,
        **held,
    )
    before: dict[str, Any] = {name: getattr(last, name) for name in TEXTS} if last else {}
    journal.record(
        "document.wording", by=by, obj=made, label=f"{made.get_kind_display()} v{made.version}", region=region.path,
        before=before, after=held,
    )  # fmt: skip
    return made
