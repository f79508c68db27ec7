"""Documents an office writes about problems, drafted from the data by one click (domain §9.2)."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.documents import drafting, layout, wording
from dudao.documents.drafting import Figure
from dudao.documents.kinds import Kind
from dudao.documents.models import Draft
from dudao.documents.official import OfficialDocument
from dudao.findings import paper_texts as texts
from dudao.findings.documents import limit_text
from dudao.findings.models import Finding
from dudao.findings.states import OPEN, WITH_UNIT, Severity
from dudao.kernel.errors import Invalid, NotReady
from dudao.people.models import User
from dudao.places.models import Region

CHINESE = "zh-hans"  # official documents are Chinese whoever is at work
MOST = 300

Found = Sequence[Finding]


class Paper(NamedTuple):
    """One kind that can be drafted from problems: how, of which of them, and whether of one school only."""

    kind: Kind
    write: Callable[[Found], OfficialDocument]
    is_about: Callable[[Finding], bool]
    wanted: object
    one_unit: bool = True
    for_unit: bool = False


def draft(kind: str, chosen: QuerySet[Finding], *, by: User) -> Draft:
    """Begin a document about the chosen problems. Raises Invalid where they are too many or of several schools, NotReady
    where the kind tells of none of them."""
    paper = PAPERS[kind]
    rows = chosen.select_related("unit__region", "inspector", "visit").prefetch_related("reports__photos")
    found = list(rows.order_by("unit__name", "number")[: MOST + 1])
    if not found:
        raise Invalid(_("请先勾选问题。"))
    if len(found) > MOST:
        raise Invalid(_("一份文书最多列 %(n)d 个问题。请分几份起草。") % {"n": MOST})
    about = [finding for finding in found if paper.is_about(finding)]
    if not about:
        raise NotReady(str(paper.wanted))
    units = {finding.unit for finding in about}
    if paper.one_unit and len(units) > 1:
        raise Invalid(_("这种文书一次只写一所学校。请只勾选同一所学校的问题。"))
    unit = about[0].unit if len(units) == 1 else None
    issuer = unit.region if unit else _common(about)
    with translation.override(CHINESE):
        text = paper.write(about)
    values = _values(about, issuer)
    return drafting.draft(
        wording.dressed(text, issuer, **values), issuer=issuer, by=by, unit=unit, for_unit=paper.for_unit,
        subject=about[0].visit if len({one.visit_id for one in about}) == 1 else None, figures=_counted(about),
    )  # fmt: skip


class Offer(NamedTuple):
    """A kind, how many of the chosen problems it would tell of, and why it cannot be drafted ("" if it can)."""

    kind: Kind
    told: int
    obstacle: object


def offers(found: Collection[Finding]) -> list[Offer]:
    """Every kind for the chosen problems."""
    several = len({finding.unit_id for finding in found}) > 1
    made = []
    for paper in PAPERS.values():
        count = sum(paper.is_about(finding) for finding in found)
        obstacle = _("一次只写一所学校，所选问题不止一所。") if several and paper.one_unit else ""
        made.append(Offer(paper.kind, count, obstacle if count else paper.wanted))
    return made


def _common(found: Found) -> Region:
    """The lowest region all the problems lie in."""
    paths = [finding.unit.region.path for finding in found]
    path = paths[0]
    while not all(one.startswith(path) for one in paths):
        path = path[: path.rstrip("/").rindex("/") + 1]
    return Region.objects.get(path=path)


def _values(found: Found, issuer: Region) -> dict[str, str]:
    first = found[0]
    weightiest = max(found, key=lambda one: list(Severity).index(Severity(one.severity)))
    return {
        "unit": first.unit.name,
        "date": layout.chinese_date(
            timezone.localtime(first.visit.started_at if first.visit else first.recorded_at).date()
        ),
        "inspector": first.inspector.name,
        "count": str(len(found)),
        "days": _days(weightiest),
    }


def _days(finding: Finding) -> str:
    return limit_text(finding).removeprefix("签收后") if not finding.settled_on_spot else "规定期限"


def _counted(found: Found) -> list[Figure]:
    """Each problem with the address of its page."""
    return [
        Figure(f"{finding.number} {finding.unit.name}", str(finding.get_state_display()),
                reverse("findings:show", args=[finding.pk]))
        for finding in found
    ]  # fmt: skip


PAPERS: dict[str, Paper] = {
    paper.kind.value: paper
    for paper in (
        Paper(Kind.RECTIFY, texts.notice, lambda one: one.state in WITH_UNIT, gettext_lazy("所选问题还没有下发学校，或都已报告整改、销号，不需要整改通知书。"), for_unit=True),
        Paper(
            Kind.URGING, texts.urging, lambda one: texts.group(one) == "逾期", gettext_lazy("所选问题都没有逾期，不需要督办。"), for_unit=True
        ),
        Paper(Kind.CONSULTATION, texts.consultation, lambda one: one.state in OPEN, gettext_lazy("所选问题都已销号。")),
        Paper(
            Kind.RECTIFICATION_REPORT, texts.rectification, lambda one: one.settled_on_spot or texts.last_report(one) is not None,
            gettext_lazy("所选问题都还没有整改报告。"), for_unit=True,
        ),
        Paper(
            Kind.VERIFICATION, texts.verification, lambda one: any(row.verified_at for row in one.reports.all()),
            gettext_lazy("所选问题都还没有核查。"),
        ),
        Paper(Kind.LEDGER, texts.ledger, lambda one: True, "", one_unit=False),
    )
}  # fmt: skip
