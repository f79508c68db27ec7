"""The list of problems of an older system, from Excel or from a table in Word."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from dudao.documents.numbering import allot
from dudao.findings.audience import Audience
from dudao.findings.models import Finding
from dudao.findings.moving import tell
from dudao.findings.states import Disposition, Severity, State
from dudao.imports.declared import Fault, Found, Importing, Ready, Values, declare
from dudao.imports.fields import Field, day, one_of, text
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.kernel.told import told as _
from dudao.people.access import unit_scope
from dudao.people.models import User
from dudao.places.models import Unit
from dudao.rules.deadlines import time_to_rectify
from dudao.rules.models import WordKind
from dudao.rules.queries import offered

STANDS = [("OPEN", gettext_lazy("整改中")), ("STRUCK_OFF", gettext_lazy("已销号"))]
_FACTS = (
    "category", "severity", "wording", "basis", "requirement", "measures", "person_in_charge", "old_number",
)  # fmt: skip


def _categories() -> Sequence[tuple[str, Any]]:
    return [(word.key, word.label) for word in offered(WordKind.CATEGORY)]


def look_up(user: User, rows: Sequence[Values]) -> list[Found]:
    units = _named(user, rows)
    numbers = [row["old_number"] for row in rows if "old_number" in row]
    among = {one.pk for found in units.values() for one in found}
    known = {
        (one.unit_id, one.old_number): one
        for one in Finding.objects.filter(old_number__in=numbers, unit__in=among)
    }
    return [_found(row, units, known) for row in rows]


def _named(user: User, rows: Iterable[Values]) -> dict[str, list[Unit]]:
    """Code or name as written in the rows → the units within reach that bear it; a name may be that of several."""
    written = {str(row["unit"]) for row in rows if "unit" in row}
    mine = Unit.objects.filter(unit_scope(user, "finding.issue", unit="")).select_related("region")
    found: dict[str, list[Unit]] = {one.code: [one] for one in mine.filter(code__in=written)}
    for one in mine.filter(name__in=written - found.keys()):
        found.setdefault(one.name, []).append(one)
    return found


def _found(row: Values, units: dict[str, list[Unit]], known: dict[tuple[Any, str], Finding]) -> Found:
    faults = []
    meant = units.get(str(row.get("unit", "")), [])
    unit = meant[0] if len(meant) == 1 else None
    if len(meant) > 1:
        faults.append(Fault("unit", _("有 %(n)s 所单位叫这个名称") % {"n": len(meant)}, _("请填写单位代码")))
    elif unit is None and "unit" in row:
        faults.append(Fault("unit", _("不是您管辖范围内的单位"), _("请填写单位代码或全称")))
    if row.get("stands") == "STRUCK_OFF" and not row.get("struck_off_on"):
        faults.append(Fault("struck_off_on", _("没有填写"), _("已销号的请填写销号日期")))
    if row.get("stands") != "STRUCK_OFF" and not row.get("due_on"):
        faults.append(Fault("due_on", _("没有填写"), _("整改中的请填写整改期限")))
    for key in ("found_on", "struck_off_on"):
        if row.get(key) and date.fromisoformat(row[key]) > clock.today():
            faults.append(Fault(key, _("晚于今天"), _("请核对日期")))
    stored = known.get((unit.pk, row.get("old_number", ""))) if unit else None
    if stored is None:
        return Found(None, faults)
    current = {key: getattr(stored, key) for key in _FACTS}
    if any(key in current and (current[key] or None) != (value or None) for key, value in row.items()):
        faults.append(Fault("old_number", _("这个编号已经导入过"), _("请在系统中直接办理，或改用另一个编号")))
    return Found(current | {key: value for key, value in row.items() if key not in current}, faults)


def save(user: User, rows: Sequence[Ready]) -> None:
    units = _named(user, [row.values for row in rows])
    for row in rows:
        if row.is_new:
            (unit,) = units[row.values["unit"]]
            _save(user, row.values, unit)


def _save(user: User, row: Values, unit: Unit) -> None:
    found_at = _noon(row["found_on"])
    on = found_at.date()
    severity = Severity(row.get("severity") or Severity.MINOR)
    category = row.get("category") or "OTHER"
    within = time_to_rectify(severity, category, region=unit.region, on=clock.today())
    closed = row.get("stands") == "STRUCK_OFF"
    finding = Finding(
        id=uuid7(), unit=unit, inspector=user, category=category, severity=severity,
        **{key: row.get(key) or "" for key in _FACTS if key not in ("category", "severity")},
        days=within.days, day_unit=within.unit, disposition=Disposition.ORDINARY, recorded_at=found_at,
        notified_at=found_at, received_at=found_at,
        number=f"{unit.region.code}-{on.year}-{allot(unit.region, 'finding', on.year):04d}",
        due_on=date.fromisoformat(row["due_on"]) if row.get("due_on") else on, runs_from=on,
    )  # fmt: skip
    finding.inspector = next(iter(Audience([finding]).verifiers(finding)), user)
    if closed:
        finding.state, finding.struck_off_at = State.STRUCK_OFF, _noon(row["struck_off_on"])
    else:
        finding.state = State.RECTIFYING if finding.measures else State.RECEIVED
    finding.save(force_insert=True)
    tell(
        finding, "finding.import", by=user, note=row.get("result") or "",
        after={"state": finding.state, "severity": severity, "old_number": finding.old_number},
    )  # fmt: skip


def _noon(day_of: str) -> datetime:
    """A day without an hour is kept as its noon."""
    return timezone.make_aware(datetime.combine(date.fromisoformat(day_of), time(12)))


PROBLEMS = declare(
    Importing(
        name="problems",
        title=gettext_lazy("原系统的问题"),
        capability="finding.issue",
        identity="old_number",
        title_field="wording",
        look_up=look_up,
        save=save,
        back="findings:ledger",
        back_label=gettext_lazy("问题台账"),
        fields=(
            Field("old_number", gettext_lazy("原系统编号"), text(60), required=True, also=("编号", "序号", "问题编号"),
                  help=gettext_lazy("原系统里的编号，每个问题一个；再次导入同一编号不会重复。"), example="2025-017"),
            Field("unit", gettext_lazy("单位"), text(100), required=True, width=28,
                  also=("单位代码", "学校", "学校名称", "责任单位", "被督导单位"),
                  help=gettext_lazy("单位代码或全称"), example="2143000123"),
            Field("wording", gettext_lazy("问题描述"), text(4000), required=True, width=50, also=("问题", "存在问题", "问题内容"),
                  help=gettext_lazy("查出了什么，一行一个问题"), example="未建立作业校内公示制度。"),
            Field("found_on", gettext_lazy("发现日期"), day, required=True, also=("发现时间", "检查日期", "检查时间", "督导日期", "督导时间", "日期"),
                  help=gettext_lazy("例如 2025-09-01"), example="2025-09-01"),
            Field("category", gettext_lazy("类别"), one_of(_categories), choices=_categories, also=("问题类别",)),
            Field("severity", gettext_lazy("严重程度"), one_of(lambda: Severity.choices), choices=lambda: Severity.choices,
                  also=("程度",)),
            Field("basis", gettext_lazy("依据"), text(2000), width=30),
            Field("requirement", gettext_lazy("整改要求"), text(2000), width=30),
            Field("due_on", gettext_lazy("整改期限"), day, also=("整改时限", "完成时限"),
                  help=gettext_lazy("整改中的必填"), example="2025-09-30"),
            Field("measures", gettext_lazy("整改措施"), text(4000), width=30),
            Field("person_in_charge", gettext_lazy("责任人"), text(60)),
            Field("result", gettext_lazy("整改情况"), text(4000), width=30, also=("完成情况", "整改结果")),
            Field("stands", gettext_lazy("状态"), one_of(lambda: STANDS), choices=lambda: STANDS,
                  also=("整改状态", "是否销号"), help=gettext_lazy("不填为整改中；可填：")),
            Field("struck_off_on", gettext_lazy("销号日期"), day, also=("销号时间",), help=gettext_lazy("已销号的必填"),
                  example="2025-09-28"),
        ),
        notes=(gettext_lazy("Word 文件里的表格也可以直接导入。导入的问题不会给学校补发通知。"),),
    )
)  # fmt: skip
