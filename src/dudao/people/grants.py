"""Giving and ending rights, lending them for an absence, and looking through them once a year."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.people.authority import Authority, Scope, Span
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import APART, PLACES, Role, roles_given_by

A_YEAR = timedelta(days=365)
LONGEST_LOAN = timedelta(days=366)


@transaction.atomic
def give(user: User, role: Role, scope: Scope, *, span: Span, by: User) -> Grant:
    """A right over one scope between two dates.

    Raises Forbidden where `by` lacks it, Invalid for what fits no such role, or can not be held together.
    """
    if not user.is_active:
        raise Invalid(_("该账号已停用，请先启用。"))
    _check_scope(role, scope)
    if span.ends_on is not None and span.ends_on < max(span.starts_on, clock.today()):
        raise Invalid(_("止期不能早于今天或起期。"), field="ends_on")
    authority = Authority(by)
    if not authority.may_give(role, scope, to=user):
        raise Forbidden(_("只能授予自己在该范围内拥有或有权委派的权限，也不能给自己授权。"))
    if not authority.may_give(role, scope, to=user, over=span):
        raise Invalid(_("授权的起止日期不能超出您本人授权的起止日期。"), field="ends_on")
    _hold(user)
    _check_apart(user, role, span)
    same = Grant.objects.filter(
        _meets(span), user=user, role=role, region=scope.region, unit=scope.unit, lent_from=None
    )
    if same.exists():
        raise Invalid(_("这段时间内已有同样的授权。"))
    grant = Grant.objects.create(
        user=user, role=role, region=scope.region, unit=scope.unit, assigned=scope.is_assigned,
        starts_on=span.starts_on, ends_on=span.ends_on, given_by=by,
    )  # fmt: skip
    journal.record_many("grant.give", [_told(grant, user)], by=by)
    return grant


@transaction.atomic
def end(grant: Grant, *, by: User) -> None:
    """The right ends today, with everything lent from it; one that has not begun is taken back. Raises Forbidden."""
    if not may_end(grant, by):
        raise Forbidden(_("只能收回自己在该范围内拥有或有权委派的权限。"))
    end_all([grant], by=by)


def may_end(grant: Grant, by: User, authority: Authority | None = None) -> bool:
    """Whoever may give a right may end it; a loan also ends by who lent it."""
    if grant.lent_from is not None and grant.lent_from.user_id == by.pk:
        return True
    return (authority or Authority(by)).may_give(grant.role, Scope.of(grant), to=grant.user)


def end_all(grants: Sequence[Grant], *, by: User) -> None:
    """End these today, in the caller's transaction; rights were checked."""
    today = clock.today()
    lent = Grant.objects.filter(lent_from__in=grants).select_related(
        "user", "region", "unit__region", "lent_from__user"
    )
    happenings = []
    for grant in [*lent, *grants]:
        if grant.ends_on is not None and grant.ends_on <= today:
            continue
        happenings.append(_told(grant, grant.user))
        if grant.starts_on > today:
            Grant.objects.filter(pk=grant.pk).delete()
        elif not Grant.objects.filter(pk=grant.pk, ends_on=grant.ends_on).update(ends_on=today):
            raise StaleState(_("刚刚有人改动了这项授权，请刷新后再试。"))
    journal.record_many("grant.end", happenings, by=by)


@transaction.atomic
def lend(grant: Grant, *, to: User, span: Span, by: User) -> Grant:
    """Lend one person's right to another for an absence (代理); it ends by itself.

    By its holder, or by who may give it. Raises Forbidden, or Invalid for a span or a person that cannot be.
    """
    if grant.lent_from_id is not None or grant.assigned:
        raise Invalid(_("代理的权限不能再转出；责任学校请在责任区页面临时安排给代理人。"))
    if by.pk == to.pk or grant.user_id == to.pk:
        raise Invalid(_("请选择另一位代理人。"), field="to")
    if by.pk != grant.user_id and not Authority(by).may_give(grant.role, Scope.of(grant), to=grant.user):
        raise Forbidden
    if not to.is_active:
        raise Invalid(_("该账号已停用，请先启用。"), field="to")
    if span.ends_on is None or not span.starts_on <= span.ends_on <= span.starts_on + LONGEST_LOAN:
        raise Invalid(_("代理要有结束日期，最长一年。"), field="ends_on")
    if span.starts_on < clock.today() or not Span(grant.starts_on, grant.ends_on).holds(span):
        raise Invalid(_("代理期要从今天或以后开始，并在原授权的起止日期之内。"), field="starts_on")
    _hold(to)
    _check_apart(to, Role(grant.role), span)
    if Grant.objects.filter(_meets(span), user=to, lent_from=grant).exists():
        raise Invalid(_("这段时间内已有同样的授权。"))
    lent = Grant.objects.create(
        user=to, role=grant.role, region=grant.region, unit=grant.unit, starts_on=span.starts_on, ends_on=span.ends_on,
        given_by=by, lent_from=grant,
    )  # fmt: skip
    told = _told(lent, to)
    words = f"{grant.user} → {told.label}"
    journal.record_many(
        "grant.lend", [told._replace(obj=one, label=words) for one in (grant.user, to)], by=by
    )
    return lent


def due_for_review(by: User) -> QuerySet[Grant]:
    """Grants in force that `by` may end and nobody has looked at for a year."""
    authority, today = Authority(by), clock.today()
    rows = (
        Grant.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=today), starts_on__lte=today, lent_from=None
        )
        .annotate(confirmed_on=Coalesce(F("reviewed_on"), F("starts_on")))
        .filter(confirmed_on__lte=today - A_YEAR)
        .exclude(user=by)
        .select_related("user", "region", "unit__region", "lent_from__user")
    )
    if authority.is_everywhere:
        return rows
    within = Q(pk__in=[])
    for grant in by.grants_with("grant.manage"):
        if grant.region is None or grant.lent_from_id is not None:
            continue
        path = grant.region.path
        schools = Assignment.objects.filter(unit__region__path__startswith=path).values("inspector_id")
        place = Q(region__path__startswith=path) | Q(unit__region__path__startswith=path)
        place |= Q(assigned=True, user__in=schools)
        within |= place & Q(role__in=roles_given_by(grant.role))
    return rows.filter(within)


@transaction.atomic
def keep(grants: Sequence[Grant], *, by: User) -> int:
    """Confirm that these are still needed; those out of reach are left. Returns how many."""
    mine = _reviewable(grants, by)
    Grant.objects.filter(pk__in=[grant.pk for grant in mine]).update(reviewed_on=clock.today())
    journal.record_many("grant.keep", [_told(grant, grant.user) for grant in mine], by=by)
    return len(mine)


@transaction.atomic
def end_many(grants: Sequence[Grant], *, by: User) -> int:
    """End these after a review; those out of reach are left. Returns how many."""
    mine = _reviewable(grants, by)
    end_all(mine, by=by)
    return len(mine)


def _reviewable(grants: Sequence[Grant], by: User) -> list[Grant]:
    authority = Authority(by)
    return [grant for grant in grants if may_end(grant, by, authority)]


def _check_scope(role: Role, scope: Scope) -> None:
    places = PLACES[role]
    if scope.is_assigned and "assigned" in places:
        return
    if scope.unit is not None and "unit" in places:
        return
    if scope.region is not None and scope.region.level in places:
        return
    raise Invalid(_("这个角色不能授予这样的范围。"), field="place")


def _check_apart(user: User, role: Role, span: Span) -> None:
    """The three administrators watch each other: nobody is two of them on the same day."""
    if role not in APART:
        return
    others = Grant.objects.filter(_meets(span), user=user, role__in=APART - {role})
    if others.exists():
        raise Invalid(_("系统管理员、安全管理员、审计管理员不能由同一人同时担任。"))


def _hold(user: User) -> None:
    """Let one change of a person's grants wait for another: what was checked is still so when it is written."""
    User.objects.filter(pk=user.pk).update(is_active=F("is_active"))


def _meets(span: Span) -> Q:
    meets = Q(ends_on__isnull=True) | Q(ends_on__gte=span.starts_on)
    return meets & Q(starts_on__lte=span.ends_on) if span.ends_on else meets


def _told(grant: Grant, about: User) -> Happening:
    scope = Scope.of(grant)
    place = scope.region or scope.unit
    label = f"{Role(grant.role).label} · {place.name if place else _('本人责任学校')}"
    return Happening(
        about, f"{about}：{label}", scope.path, scope.unit.pk if scope.unit else "",
        after={"starts_on": str(grant.starts_on), "ends_on": str(grant.ends_on or "")},
    )  # fmt: skip
