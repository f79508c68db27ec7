"""The problem ledger (问题台账)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.findings.models import Finding
from dudao.findings.queries import ways_to_find_problem, with_due
from dudao.findings.states import Disposition, PetitionKind, Severity, State
from dudao.inspectors.zone_filter import ZoneFilter
from dudao.kernel import clock
from dudao.kernel.ids import is_uuid
from dudao.people.access import unit_scope
from dudao.people.region_filter import RegionFilter
from dudao.places.models import Unit
from dudao.rules.models import WordKind
from dudao.rules.queries import labels, words
from dudao.ui.lists import (
    Action,
    Choice,
    Column,
    Days,
    Empty,
    Grouping,
    Listing,
    Month,
    One,
    Search,
    Switch,
    declare,
)
from dudao.ui.lists.filters import Rows

REGIONS = RegionFilter(capability="finding.view", at="region")


def _rows(user: Any) -> Rows:
    return Finding.objects.visible_to(user).select_related("unit__region", "inspector")


def _prepare(rows: Sequence[Any]) -> None:
    """Each problem with its category's word and how its deadline stands."""
    names = labels(WordKind.CATEGORY)
    for finding, due in with_due(list(rows)):
        finding.category_label = names.get(finding.category, finding.category)  # type: ignore[attr-defined]
        finding.due = due  # type: ignore[attr-defined]


GROUPS = {"doing": (State.RECEIVED, State.RECTIFYING)}
"""Choices of the filter by state that stand for several, besides all that is open."""


def _in_state(rows: Any, state: str) -> Any:
    return rows.open() if state == "open" else rows.filter(state__in=GROUPS.get(state, [state]))


def _unit_named(user: Any, pk: str) -> str | None:
    """A unit this person may see, by its key."""
    rows = Unit.objects.filter(unit_scope(user, "finding.view", unit=""))
    return rows.filter(pk=pk).values_list("name", flat=True).first() if is_uuid(pk) else None


def _overdue(rows: Any) -> Any:
    return rows.overdue(clock.today())


ASKED = (PetitionKind.EXTENSION, PetitionKind.PLAN)
"""What a unit may ask for while it goes on; an objection is a state of its own."""


def _with_a_step(rows: Any) -> Any:
    return rows.with_a_step_to_verify()


def _asked(rows: Any) -> Any:
    return rows.asking(*ASKED)


def _in_order(field: str, values: type[State] | type[Severity] | type[Disposition]) -> Case:
    """Sorts by the order of life or weight, not by the alphabet."""
    ranks = (When(**{field: value}, then=Value(rank)) for rank, value in enumerate(values))
    return Case(*ranks, output_field=IntegerField())


LEDGER = declare(
    Listing(
        name="findings",
        title=_("问题台账"),
        url_name="findings:ledger",
        rows=_rows,
        prepare=_prepare,
        sort="due",
        columns=(
            Column("number", _("编号"), "number", sort="number", width=20, css="text-nowrap small text-secondary"),
            Column("unit", _("被督导单位"), "unit.name", "findings/_cells.html#unit", sort="unit__name", width=28, css="unit"),
            Column("region", _("所属区县"), "unit.region.name", sort="region__path", is_shown=False),
            Column("category", _("类别"), "category", sort="category", is_shown=False,
                   words=lambda: labels(WordKind.CATEGORY)),
            Column("severity", _("严重程度"), "get_severity_display", "findings/_cells.html#severity",
                   sort=_in_order("severity", Severity), width=10),
            Column("disposition", _("处置方式"), "get_disposition_display", sort=_in_order("disposition", Disposition),
                   is_shown=False, width=14),
            Column("department", _("转办部门"), "department", is_shown=False),
            Column("wording", _("问题描述"), "wording", "findings/_cells.html#wording", width=50, css="wording"),
            Column("basis", _("依据"), "basis", width=40, is_shown=False),
            Column("requirement", _("整改要求"), "requirement", width=40, is_shown=False),
            Column("state", _("状态"), "get_state_display", "findings/_cells.html#state",
                   sort=_in_order("state", State), width=10),
            Column("round", _("轮次"), "round", sort="round", width=6, is_shown=False, css="text-end"),
            Column("recorded", _("发现时间"), "recorded_at", sort="recorded_at", is_shown=False),
            Column("notified", _("下发时间"), "notified_at", sort="notified_at", is_shown=False),
            Column("received", _("签收时间"), "received_at", sort="received_at", is_shown=False),
            Column("due", _("整改期限"), "due_on", "findings/_cells.html#due", sort="runs_out_on", width=12),
            Column("measures", _("整改措施"), "measures", width=40, is_shown=False),
            Column("person", _("责任人"), "person_in_charge", sort="person_in_charge", is_shown=False),
            Column("verified", _("核查时间"), "verified_at", sort="verified_at", is_shown=False),
            Column("struck_off", _("销号时间"), "struck_off_at", sort="struck_off_at", is_shown=False),
            Column("inspector", _("责任督学"), "inspector.name", sort="inspector__name", is_shown=False),
        ),
        filters=(
            Search("q", _("编号、描述、学校、督学"), find=ways_to_find_problem),
            Choice("state", _("状态"), _("全部状态"), lambda user: [("open", _("未销号")), ("doing", _("待整改")), *State.choices],
                   _in_state, initial="open"),
            Choice("severity", _("严重程度"), _("全部程度"), lambda user: Severity.choices),
            Choice("disposition", _("处置方式"), _("全部处置方式"), lambda user: Disposition.choices, is_folded=True),
            Choice("category", _("类别"), _("全部类别"),
                   lambda user: [(word.key, word.label) for word in words(WordKind.CATEGORY)]),
            REGIONS,
            ZoneFilter(regions=REGIONS, is_folded=True),
            Month("found", _("发现月份"), "recorded_at", is_folded=True),
            Month("struck_off", _("销号月份"), "struck_off_at", is_folded=True),
            Days("due", _("期限"), "runs_out_on", is_date=True, is_folded=True),
            One("unit", _("单位"), _unit_named, "unit_id"),
            Switch("overdue", _("只看逾期"), _overdue),
            Switch("step", _("有节点待核查"), _with_a_step, is_folded=True),
            Switch("asked", _("有申请待批"), _asked, is_folded=True),
        ),
        actions=(
            Action(_("催办"), "findings:remind", "bell", ("finding.verify",)),
            Action(_("指定核查人"), "findings:assign", "user-check", ("finding.issue",)),
            Action(_("起草文书"), "findings:papers", "pencil", ("document.draft",)),
        ),
        groupings=(
            Grouping("state", _("按状态分栏"), "state"),
            Grouping("severity", _("按严重程度分栏"), "severity"),
            Grouping("category", _("按类别分栏"), "category"),
            Grouping("disposition", _("按处置方式分栏"), "disposition"),
            Grouping("region", _("按区县分栏"), "region__code"),
        ),
        card=("unit", "wording", "severity", "due"),
        counted=lambda n: ngettext("共 %(n)s 个问题", "共 %(n)s 个问题", n) % {"n": n},
        empty=Empty("circle-check", _("还没有问题"), _("督学上报督导记录后，发现的问题会自动列在这里。")),
    )
)  # fmt: skip
