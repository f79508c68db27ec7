"""From a recommendation to the appointment of an inspector. Every step is one transaction with one journal event.

Interim Measures for Inspectors (《督学管理暂行办法》, 2016): recommendation, review, publicity, announcement.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from dudao.inspectors import letters, messages, services
from dudao.inspectors.models import Application, ConditionCheck, Degree, Inspector, Objection
from dudao.inspectors.states import MOVES, OPEN, State
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, NotReady, StaleState
from dudao.kernel.text import clean
from dudao.kernel.workdays import DayUnit
from dudao.people.models import User
from dudao.places.models import Region
from dudao.rules.queries import Limit, in_force, last_day

EXPERIENCE = "EXPERIENCE"
"""The condition that the application itself bears out or not."""


class Check(NamedTuple):
    """A reviewer's answer to one condition."""

    key: str
    wording: str
    is_met: bool
    remark: str


@transaction.atomic
def submit(region: Region, *, by: User, inspector: Inspector | None = None, **facts: Any) -> Application:
    """Record that somebody is put forward. Raises Invalid when the person cannot have a further term, or is under way.

    Regulations on Education Supervision, art. 6: at most three consecutive terms.
    """
    if inspector is not None:
        services.next_term_number(inspector, on=clock.today())
        if Application.objects.filter(inspector=inspector, state__in=OPEN).exists():
            raise Invalid(_("%(name)s 的聘任申请正在办理中。") % {"name": inspector})
    one = Application.objects.create(region=region, inspector=inspector, recorded_by=by, **facts)
    _tell("application.submit", one, by=by, after={"state": one.state})
    messages.tell_step("application.submit", one, by=by)
    return one


def shortfalls(one: Application) -> list[str]:
    """What the application itself says against the condition of learning and experience (Regulations, art. 7)."""
    least = int(in_force("inspector.experience_years", region=one.region, on=clock.today()))
    found = []
    if one.degree == Degree.COLLEGE:
        found.append(_("申请表填写的学历是专科。"))
    if one.years_in_education < least:
        found.append(
            _("申请表填写的教育工作年数是 %(n)d 年，规定不少于 %(least)d 年。")
            % {"n": one.years_in_education, "least": least}
        )
    return found


@transaction.atomic
def review(
    one: Application, *, passed: bool, checks: Sequence[Check], note: str = "", seen: str, by: User
) -> Application:
    """A second person holds an application against the conditions of office.

    Raises Forbidden when the same person recorded it; Invalid when an unmet condition is passed without a reason, or
    when it is refused without one.
    """
    if one.recorded_by_id == by.pk:
        raise Forbidden(_("审核人不能是登记申请的人。"))
    if passed:
        _check_conditions(one, checks)
    elif not clean(note):
        raise Invalid(_("请写明不予通过的原因。"), field="note")
    changes = {"reviewed_by": by, "reviewed_at": clock.now()}
    moved = _move(one, "pass" if passed else "refuse", seen=seen, by=by, note=note, **changes)
    ConditionCheck.objects.bulk_create(ConditionCheck(application=moved, **row._asdict()) for row in checks)
    return moved


def _check_conditions(one: Application, checks: Sequence[Check]) -> None:
    short = shortfalls(one)
    for row in checks:
        if row.key == EXPERIENCE and row.is_met and short:
            raise Invalid("".join(short) + _("请改选“不符合”并说明。"), field=row.key)
        if not row.is_met and not clean(row.remark):
            raise Invalid(_("不符合的条件须说明仍予通过的理由，否则请选“审核不通过”。"), field=row.key)


@transaction.atomic
def publish(one: Application, *, contact: str, seen: str, by: User) -> Application:
    """Begin the publicity today, for the working days the rule says, counted from tomorrow."""
    today = clock.today()
    days = int(in_force("inspector.publicity_working_days", region=one.region, on=today))
    until = last_day(today, Limit(days, DayUnit.WORKING))
    return _move(
        one, "publish", seen=seen, by=by, public_from=today, public_until=until, contact=clean(contact)
    )


def usual_contact(region: Region) -> str:
    """Where objections went the last time somebody of `region` was made public."""
    published = Application.objects.filter(region=region).exclude(contact="").order_by("-public_from", "-pk")
    return published.values_list("contact", flat=True).first() or ""


@transaction.atomic
def object_to(one: Application, *, received_on: date, text: str, by: User) -> Objection:
    """Record an objection. Raises StaleState when the person is not under publicity."""
    if one.state != State.PUBLIC or one.public_from is None:
        raise StaleState(_("不在公示中，不能登记异议。"))
    if not one.public_from <= received_on <= clock.today():
        raise Invalid(_("收到日期应在公示开始之后、今天之前。"), field="received_on")
    made = Objection.objects.create(
        application=one, received_on=received_on, text=clean(text), recorded_by=by
    )
    _tell("application.objection", one, by=by, after={"received_on": str(received_on)})
    messages.tell_step("application.objection", one, by=by)
    return made


@transaction.atomic
def decide(objection: Objection, *, is_upheld: bool, outcome: str, by: User) -> Objection:
    """Say what became of an objection, once. Raises StaleState when somebody did."""
    rows = Objection.objects.filter(pk=objection.pk, decided_at__isnull=True)
    if not rows.update(is_upheld=is_upheld, outcome=clean(outcome), decided_by=by, decided_at=clock.now()):
        raise StaleState(_("这条异议已有处理结果，请刷新页面。"))
    _tell("application.decide", objection.application, by=by, after={"upheld": is_upheld})
    objection.refresh_from_db()
    return objection


def obstacles(one: Application) -> list[str]:
    """Why a person under publicity cannot be appointed now; nothing when all is done."""
    found = []
    if one.public_until is not None and clock.today() <= one.public_until:
        found.append(_("公示期到 %(day)s 为止，期满后才能聘任。") % {"day": one.public_until})
    verdicts = list(one.objections.values_list("is_upheld", flat=True))
    if None in verdicts:
        found.append(_("还有异议没有处理结果。"))
    if True in verdicts:
        found.append(_("有异议成立，不能聘任。请终止聘任。"))
    return found


@transaction.atomic
def appoint(
    one: Application, *, starts_on: date, seen: str, by: User, username: str = "", certificate_no: str = ""
) -> Application:
    """Appoint after the publicity: registry, term and letter in one step.

    Raises NotReady while something stands against it, and what `services.register`, `services.add_term` raise.
    """
    against = obstacles(one)
    if against:
        raise NotReady(" ".join(against), missing=against)
    inspector = one.inspector or _registered(one, username, certificate_no, by=by)
    term = services.add_term(inspector, starts_on=starts_on, by=by)
    moved = _move(one, "appoint", seen=seen, by=by, inspector=inspector, term=term)
    letters.issue_letter(term, by=by)
    return moved


def _registered(one: Application, username: str, certificate_no: str, *, by: User) -> Inspector:
    user = services.account_of(username, by=by, name=one.name, certificate_no=certificate_no)
    if user.name != one.name:
        raise Invalid(_("该账号属于%(name)s，请核对。") % {"name": user.name}, field="username")
    return services.register(
        user, one.region, by=by, level=one.level, engagement=one.engagement, employer=one.employer,
        subjects=one.subjects,
    )  # fmt: skip


@transaction.atomic
def end(one: Application, name: str, *, note: str, seen: str, by: User) -> Application:
    """Stop or withdraw, with a reason."""
    if not clean(note):
        raise Invalid(_("请写明原因。"), field="note")
    return _move(one, name, seen=seen, by=by, note=note)


def _move(one: Application, name: str, *, seen: str, by: User, note: str = "", **changes: Any) -> Application:
    """Make one move of `states.MOVES`. Raises Forbidden, or StaleState if someone was faster."""
    step = MOVES[name]
    rows = Application.objects.filter(pk=one.pk)
    if not rows.visible_to(by, "inspector.manage").exists():
        raise Forbidden
    if seen not in step.sources or not rows.filter(state=seen).update(state=step.target, **changes):
        raise StaleState(_("申请状态已变化，请刷新后再试。"), move=name, seen=seen)
    one.refresh_from_db()
    before, after = {"state": seen}, {"state": one.state}
    _tell(f"application.{name}", one, by=by, note=note, before=before, after=after)
    messages.tell_step(f"application.{name}", one, by=by)
    return one


def _tell(kind: str, one: Application, *, by: User, note: str = "", **what: Any) -> None:
    journal.record(kind, by=by, obj=one, region=one.region.path, note=clean(note), **what)
