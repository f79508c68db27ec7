"""Setting what a month is about, drawing up its plan, moving its items, asking colleagues along."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dudao.inspections import joint
from dudao.inspections.models import Visit
from dudao.inspectors.models import Tie
from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import Assignment, User
from dudao.people.reach import Reach
from dudao.places.models import COMPULSORY, Region, Unit
from dudao.plans import messages
from dudao.plans.models import Answer, Invitation, MonthPlan, PlanItem
from dudao.plans.queries import after, first_of


@transaction.atomic
def set_month(
    region: Region, month: date, *, themes: list[str], instruments: list[str], subject: str, by: User
) -> MonthPlan:
    """Say what a month is about. Raises Forbidden outside the person's own area."""
    if not Reach(by, "plan.manage").covers(region):
        raise Forbidden
    facts = {"themes": themes, "instruments": instruments, "subject": subject}
    before = MonthPlan.objects.filter(region=region, month=month).values(*facts).first() or {}
    plan, _made = MonthPlan.objects.update_or_create(region=region, month=month, defaults=facts)
    if before != facts:
        journal.record(
            "plan.month", by=by, obj=plan, label=f"{region.name} {month:%Y-%m}", region=region.path,
            before=before, after=facts,
        )  # fmt: skip
    return plan


@transaction.atomic
def draw_up(region: Region, month: date, *, by: User) -> int:
    """An item for every compulsory school of the region that has a responsible inspector; what is there stays.

    Returns how many were new. Measures for Named Responsible Inspectors: every school at least once a month.
    """
    if not Reach(by, "plan.manage").covers(region):
        raise Forbidden
    return _draw_up(_responsible(month).filter(unit__region__path__startswith=region.path), month, by=by)


@transaction.atomic
def draw_up_for(inspector: User, months: Sequence[date], *, by: User | None) -> int:
    """The same for the schools of one inspector over those of several months that are not over. The caller has checked
    the right."""
    coming = [month for month in months if month >= this_month()]
    return sum(_draw_up(_responsible(month).filter(inspector=inspector), month, by=by) for month in coming)


def _responsible(month: date) -> QuerySet[Assignment]:
    """Who is responsible for which open compulsory school in `month`, as far as is known today."""
    on = max(month, min(clock.today(), after(month)))
    return Assignment.objects.in_force(on).filter(unit__is_open=True, unit__kind__in=COMPULSORY)


def _draw_up(running: QuerySet[Assignment], month: date, *, by: User | None) -> int:
    there = set(
        PlanItem.objects.filter(month=month, is_unannounced=False).values_list("unit_id", "inspector_id")
    )
    fresh = [
        PlanItem(unit=row.unit, inspector=row.inspector, month=month, month_after=after(month))
        for row in running.select_related("unit__region", "inspector").order_by("pk")
        if (row.unit_id, row.inspector_id) not in there
    ]
    made = PlanItem.objects.bulk_create(fresh)
    journal.record_many("plan.add", [_told(item) for item in made], by=by)
    return len(made)


@transaction.atomic
def reconcile(unit_ids: Collection[str], *, by: User | None = None) -> int:
    """Bring what is not yet done in line with who is responsible now: handed over, or dropped where nobody is or the unit
    is closed. Returns how many items changed."""
    rows: Any = PlanItem.objects.filter(unit__in=[UUID(one) for one in unit_ids], month__gte=this_month())
    changed = 0
    for item in rows.with_visits().filter(is_done=False).select_related("unit__region", "inspector"):
        on = max(item.month, clock.today())
        present = (
            Assignment.objects.in_force(on).filter(unit=item.unit).values_list("inspector_id", flat=True)
        )
        holders = list(present) if item.unit.is_open else []
        if item.inspector_id in holders or (item.is_by_hand and item.unit.is_open):
            continue
        changed += 1
        taken = PlanItem.objects.filter(
            unit=item.unit, month=item.month, inspector__in=holders, is_unannounced=item.is_unannounced
        ).exists()
        if not holders or taken:
            journal.record_many("plan.drop", [_told(item)], by=by)
            item.delete()
            continue
        PlanItem.objects.filter(pk=item.pk).update(inspector=holders[0])
        heir = User.objects.get(pk=holders[0])
        told = _told(item)._replace(before={"inspector": item.inspector.name}, after={"inspector": heir.name})
        journal.record_many("plan.hand_over", [told], by=by)
    return changed


@transaction.atomic
def plan_day(item: PlanItem, on: date | None, *, note: str, by: User) -> PlanItem:
    """Set or clear the day of an item: by its inspector, or by the office. Raises Invalid outside its month."""
    _may_change(item, by)
    if on is not None and not item.month <= on < item.month_after:
        raise Invalid(_("日期要在 %(month)s 之内。") % {"month": f"{item.month:%Y-%m}"}, field="planned_on")
    before = {"planned_on": str(item.planned_on or ""), "note": item.note}
    item.planned_on, item.note = on, note
    item.save(update_fields=["planned_on", "note"])
    now = {"planned_on": str(on or ""), "note": note}
    if before != now:
        journal.record_many("plan.day", [_told(item)._replace(before=before, after=now)], by=by)
    return item


@transaction.atomic
def plan_many(items: Collection[PlanItem], on: date, *, by: User) -> int:
    """Give several items one day, or move them to it. Raises as `plan_day`; then none is moved. Returns how many."""
    for item in items:
        plan_day(item, on, note=item.note, by=by)
    return len(items)


@transaction.atomic
def add(
    unit: Unit,
    inspector: User,
    month: date,
    *,
    planned_on: date | None,
    note: str,
    by: User,
    unannounced: bool = False,
) -> PlanItem:
    """Put any open unit into the plan by hand: the office for anyone, an inspector for the units she is responsible for.

    Raises Forbidden beyond that; Invalid for a month that is over, a day outside it, or what stands in the plan already.
    """
    is_own = (
        inspector == by
        and Assignment.objects.in_force(clock.today()).filter(unit=unit, inspector=by).exists()
    )
    if not is_own and not Reach(by, "plan.manage").covers(unit.region):
        raise Forbidden
    if month < this_month():
        raise Invalid(_("这个月已经过去，不能再列入计划。"), field="month")
    if planned_on is not None and first_of(planned_on) != month:
        raise Invalid(_("日期要在 %(month)s 之内。") % {"month": f"{month:%Y-%m}"}, field="planned_on")
    if Tie.objects.filter(inspector__user=inspector, unit=unit).exists():
        raise Invalid(_("%(name)s 与该单位有回避关系。") % {"name": inspector.name}, field="inspector")
    facts = {
        "month_after": after(month), "planned_on": planned_on, "note": clean(note), "is_by_hand": True, "created_by": by,
    }  # fmt: skip
    item, made = PlanItem.objects.get_or_create(
        unit=unit, inspector=inspector, month=month, is_unannounced=unannounced, defaults=facts
    )
    if not made:
        raise Invalid(
            _("%(unit)s 本月已在 %(name)s 的计划中。") % {"unit": unit.name, "name": inspector.name},
            field="unit",
        )
    after_ = {"planned_on": str(planned_on or ""), "by_hand": True}
    told = _told(item)._replace(after=after_, note="" if unannounced else item.note)
    journal.record_many("plan.add", [told], by=by)
    return item


def open_to_all(unit: Unit, inspector: User, on: date, plan: UUID | None) -> None:
    """The team has checked in: its unannounced items are a secret no longer. The caller holds the transaction."""
    rows = PlanItem.objects.filter(is_unannounced=True, opened_at__isnull=True, unit=unit, month=first_of(on))
    for item in rows.filter(Q(inspector=inspector) | Q(pk=plan)).select_related("unit__region"):
        item.opened_at = clock.now()
        item.save(update_fields=["opened_at"])
        journal.record_many("plan.open", [_told(item)], by=inspector)


def may_drop(item: PlanItem, by: User) -> bool:
    """The office any item; an inspector what she has put in herself or had put in by hand."""
    own = item.is_by_hand and item.inspector_id == by.pk
    return own or Reach(by, "plan.manage").covers(item.unit.region)


@transaction.atomic
def drop(item: PlanItem, *, by: User) -> None:
    """Take an item out of the plan. Raises StaleState once the visit has been made."""
    if not may_drop(item, by):
        raise Forbidden
    started = Visit.objects.filter(
        unit=item.unit,
        inspector=item.inspector,
        started_at__date__gte=item.month,
        started_at__date__lt=item.month_after,
    )
    if started.exists():
        raise StaleState(_("这一项已经完成督导，不能从计划中去掉。"))
    journal.record_many("plan.drop", [_told(item)], by=by)
    item.delete()


@transaction.atomic
def invite(item: PlanItem, user: User, *, by: User) -> Invitation:
    """Ask a colleague along; asked again, nothing changes. Raises Invalid for the inspector of the item."""
    _may_change(item, by)
    if user == item.inspector:
        raise Invalid(_("本项的督学不需要邀请自己。"), field="user")
    invitation, made = Invitation.objects.get_or_create(item=item, user=user)
    if made:
        journal.record_many("plan.invite", [_told(item)._replace(after={"user": user.name})], by=by)
        messages.tell_invited(invitation)
    return invitation


@transaction.atomic
def answer(invitation: Invitation, given: Answer, *, by: User, seen: Answer | None = None) -> None:
    """The person who was asked accepts or declines; a change of mind is an answer too, the same answer again is none.

    `seen` is what stood there when she decided, if that is a while ago. Raises StaleState with the `reason` "gone" where the
    invitation is withdrawn with its plan, "over" where there is nothing left to come along to, "answered" where she has
    said otherwise meanwhile.
    """
    if invitation.user != by:
        raise Forbidden
    if given == invitation.answer:
        return
    rows: Any = Invitation.objects.filter(pk=invitation.pk)
    if not rows.filter(answer=seen or invitation.answer).update(answer=given):
        raise _overtaken(invitation)
    if given == Answer.ACCEPTED and not rows.answerable().exists():
        raise StaleState(_("这次督导已经完成或已过期，不能再同意同行。"), reason="over")
    invitation.answer = given
    told = _told(invitation.item)._replace(after={"answer": given})
    journal.record_many("plan.answer", [told], by=by)
    joint.answered(invitation.item_id, by, comes=given == Answer.ACCEPTED)
    messages.tell_answered(invitation)


def _overtaken(invitation: Invitation) -> StaleState:
    if Invitation.objects.filter(pk=invitation.pk).exists():
        return StaleState(_("您已作过另外的答复，请刷新后查看。"), reason="answered")
    return StaleState(_("这项督导已从计划中去掉，不需要再答复。"), reason="gone")


def this_month() -> date:
    return first_of(clock.today())


def _may_change(item: PlanItem, by: User) -> None:
    if item.inspector_id != by.pk and not Reach(by, "plan.manage").covers(item.unit.region):
        raise Forbidden


def _told(item: PlanItem) -> Happening:
    """An unannounced item is told without its unit until it is opened: auditors and administrators read the journal."""
    if item.is_unannounced and item.opened_at is None:
        return Happening(item, f"不打招呼的督导 {item.month:%Y-%m}", item.unit.region.path)
    label = f"{item.unit.name} {item.month:%Y-%m}"
    return Happening(item, label, item.unit.region.path, item.unit_id)
