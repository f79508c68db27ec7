"""Registering inspectors, drawing zones, making people responsible for schools."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from dudao.inspectors import photos
from dudao.inspectors.boards import schools_visible_to
from dudao.inspectors.models import Inspector, Place, Printing, Term, Tie, Training, Zone
from dudao.inspectors.tasks import print_later
from dudao.journal import services as journal
from dudao.journal.services import Happening
from dudao.kernel import clock
from dudao.kernel.errors import Invalid, StaleState
from dudao.kernel.ids import uuid7
from dudao.kernel.text import clean
from dudao.people.models import Assignment, Grant, User
from dudao.people.queries import accounts_visible_to
from dudao.people.roles import Role
from dudao.places.models import Region, Unit
from dudao.rules.queries import in_force

MOST_BOARDS = 3000  # schools of the largest city


def account_of(username: str, *, by: User, **personal: Any) -> User:
    """The account of that name, made where there is none. Raises Invalid when it is somebody's beyond one's reach."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return User.objects.create_user(username, None, **personal)
    if not accounts_visible_to(by).filter(pk=user.pk).exists():
        raise Invalid(_("账号“%(name)s”已被使用，请换一个。") % {"name": username}, field="username")
    return user


@transaction.atomic
def register(user: User, region: Region, *, by: User | None, **facts: Any) -> Inspector:
    """Enter a person in the registry of `region`, with the right to inspect their own schools.

    Raises Invalid when the person is registered already.
    """
    if Inspector.objects.filter(user=user).exists():
        raise Invalid(_("%(name)s 已在督学名册中。") % {"name": user.name}, field="username")
    one = Inspector.objects.create(user=user, region=region, **facts)
    if not Grant.objects.in_force(clock.today()).filter(user=user, role=Role.INSPECTOR).exists():
        Grant.objects.create(user=user, role=Role.INSPECTOR, assigned=True, given_by=by)
    _tell("inspector.register", one, by=by, after={key: str(value) for key, value in facts.items()})
    return one


@transaction.atomic
def change(one: Inspector, *, by: User | None, **facts: Any) -> Inspector:
    """Correct what is recorded of an inspector. Facts of the person (`name`, `phone`, `certificate_no`) go to the account.

    Raises StaleState if somebody was faster.
    """
    personal = {key: facts.pop(key) for key in ("name", "phone", "certificate_no") if key in facts}
    before = {key: getattr(one, key) for key in facts} | {key: getattr(one.user, key) for key in personal}
    after = facts | personal
    changed = {key: value for key, value in after.items() if before[key] != value}
    if not changed:
        return one
    _swap(Inspector.objects.filter(pk=one.pk), {key: before[key] for key in facts}, changed)
    _swap(User.objects.filter(pk=one.user_id), {key: before[key] for key in personal}, changed)
    old = {key: str(before[key]) for key in changed}
    _tell(
        "inspector.change", one, by=by, before=old, after={key: str(value) for key, value in changed.items()}
    )
    return Inspector.objects.select_related("user", "region").get(pk=one.pk)


def _swap(rows: QuerySet[Any], before: dict[str, Any], changed: dict[str, Any]) -> None:
    """Compare and swap what changed of one row."""
    now = {key: changed[key] for key in before if key in changed}
    if now and not rows.filter(**before).update(**now):
        raise StaleState(_("刚刚有人改动了这里的内容，请刷新页面。"))


@transaction.atomic
def set_photo(one: Inspector, file: Any, *, by: User | None) -> None:
    """Keep a photo, made anew, in place of the one before. Raises Invalid for what is no photo."""
    body = photos.reencoded(file)
    before = one.photo.name or ""
    one.photo.save(f"{uuid7().hex}.jpg", ContentFile(body), save=False)
    _keep_photo(one, one.photo.name or "", before, by=by)


@transaction.atomic
def remove_photo(one: Inspector, *, by: User | None) -> None:
    """Forget the photo; boards show a frame again."""
    if one.photo:
        _keep_photo(one, "", one.photo.name or "", by=by)


def _keep_photo(one: Inspector, name: str, before: str, *, by: User | None) -> None:
    Inspector.objects.filter(pk=one.pk).update(photo=name)
    _tell("inspector.photo", one, by=by, before={"photo": bool(before)}, after={"photo": bool(name)})
    if before:
        storage = one.photo.storage
        transaction.on_commit(lambda: storage.delete(before))
    one.photo = name


@transaction.atomic
def add_term(one: Inspector, *, starts_on: date, by: User | None) -> Term:
    """Appoint for a term, as long as the rule says. Raises Invalid beyond the number of terms the rule allows.

    Regulations on Education Supervision, art. 6: three years, at most three consecutive terms.
    """
    years = int(in_force("inspector.term_years", region=one.region, on=starts_on))
    number = next_term_number(one, on=starts_on)
    last = one.terms.aggregate(ends=Max("ends_on"))["ends"]
    if last and starts_on <= last:
        raise Invalid(_("与上一聘期重叠：上一聘期到 %(day)s 为止。") % {"day": last}, field="starts_on")
    ends_on = starts_on.replace(year=starts_on.year + years) - timedelta(days=1)
    term = Term.objects.create(inspector=one, number=number, starts_on=starts_on, ends_on=ends_on)
    _tell(
        "inspector.term",
        one,
        by=by,
        after={"number": number, "starts_on": str(starts_on), "ends_on": str(ends_on)},
    )
    return term


def next_term_number(one: Inspector, *, on: date) -> int:
    """Which term in a row comes next. Raises Invalid when the rule allows no more (Regulations, art. 6)."""
    number = (one.terms.aggregate(last=Max("number"))["last"] or 0) + 1
    most = int(in_force("inspector.terms", region=one.region, on=on))
    if number > most:
        raise Invalid(
            _("连续聘任不得超过 %(n)d 届（《教育督导条例》第六条）。") % {"n": most}, field="starts_on"
        )
    return number


@transaction.atomic
def add_training(one: Inspector, *, on: date, hours: Decimal, title: str, by: User | None) -> Training:
    training = Training.objects.create(inspector=one, on=on, hours=hours, title=title)
    _tell("inspector.training", one, by=by, after={"on": str(on), "hours": str(hours), "title": title})
    return training


@transaction.atomic
def add_tie(one: Inspector, unit: Unit, *, reason: str, by: User | None) -> Tie:
    """Record a tie. Raises Invalid while the inspector is responsible for the unit: somebody else must be first."""
    if _running(Assignment.objects.filter(inspector=one.user, unit=unit), clock.today()).exists():
        raise Invalid(_("该督学正是这所学校的责任督学。请先改派，再登记回避。"), field="unit")
    tie, made = Tie.objects.get_or_create(inspector=one, unit=unit, defaults={"reason": reason})
    if made:
        _tell("inspector.tie", one, by=by, after={"unit": unit.code, "reason": reason})
    return tie


@transaction.atomic
def leave(one: Inspector, *, on: date, by: User | None) -> None:
    """An inspector leaves on `on`. Raises Invalid while schools are theirs: they are handed over first."""
    if _running(Assignment.objects.filter(inspector=one.user), on + timedelta(days=1)).exists():
        raise Invalid(_("名下还有责任学校。请先移交，再办理离任。"))
    Inspector.objects.filter(pk=one.pk).update(left_on=on)
    for term in one.terms.filter(ends_on__gt=on, starts_on__lt=on):
        Term.objects.filter(pk=term.pk).update(ends_on=on)
    Grant.objects.in_force(on).filter(user=one.user, role=Role.INSPECTOR).update(ends_on=on)
    Zone.objects.filter(lead=one).update(lead=None)
    _tell("inspector.leave", one, by=by, after={"on": str(on)})


@transaction.atomic
def open_zone(region: Region, *, name: str, lead: Inspector | None, on: date, by: User | None) -> Zone:
    """Draw a zone. Raises Invalid when the region has one of that name in force."""
    if Zone.objects.in_force(on).filter(region=region, name=name).exists():
        raise Invalid(_("已有同名的责任区。"), field="name")
    zone = Zone.objects.create(region=region, name=name, lead=lead, starts_on=on)
    journal.record(
        "zone.open", by=by, obj=zone, region=region.path, after={"name": name, "lead": str(lead or "")}
    )
    return zone


@transaction.atomic
def change_zone(zone: Zone, *, name: str, lead: Inspector | None, by: User | None) -> Zone:
    """Give a zone another name or lead. Raises StaleState if somebody was faster."""
    before = {"name": zone.name, "lead": str(zone.lead or "")}
    after = {"name": name, "lead": str(lead or "")}
    if before != after:
        rows = Zone.objects.filter(pk=zone.pk)
        _swap(rows, {"name": zone.name, "lead": zone.lead}, {"name": name, "lead": lead})
        zone.name, zone.lead = name, lead
        journal.record("zone.change", by=by, obj=zone, region=zone.region.path, before=before, after=after)
    return zone


@transaction.atomic
def close_zone(zone: Zone, *, on: date, by: User | None) -> None:
    """End a zone; its schools stand in none until they are put into another."""
    Place.objects.filter(zone=zone, ends_on__isnull=True, starts_on__lte=on).update(ends_on=on)
    Place.objects.filter(zone=zone, ends_on__isnull=True).delete()  # had not begun
    Zone.objects.filter(pk=zone.pk).update(ends_on=max(on, zone.starts_on))
    journal.record("zone.close", by=by, obj=zone, region=zone.region.path, after={"on": str(on)})


@transaction.atomic
def arrange(
    units: Sequence[Unit],
    *,
    zone: Zone | None = None,
    inspector: User | None = None,
    on: date,
    reason: str = "",
    by: User | None,
) -> int:
    """Put units into a zone, give them to an inspector, or both in one step, from `on`. Returns how many changed.

    A day that is past rewrites what has been in force since, so it takes a `reason`, which the journal keeps.
    Raises Invalid without one, and as `put_in_zone` and `assign` do.
    """
    reason = clean(reason)
    if on < clock.today() and not reason:
        raise Invalid(
            _("生效日期已过。更正今天的安排请填今天；确需补录以前的安排，请勾选“补录”并写明原因。"),
            field="on",
        )
    moved = put_in_zone(units, zone, on=on, by=by, note=reason) if zone else set()
    given = assign(units, inspector, on=on, by=by, note=reason) if inspector else set()
    return len(moved | given)


@transaction.atomic
def put_in_zone(units: Iterable[Unit], zone: Zone, *, on: date, by: User | None, note: str = "") -> set[Unit]:
    """Put units into `zone` from `on`; where they stood before ends the day before. Returns those that moved.

    Raises Invalid on a day on which the zone was not there yet.
    """
    if on < zone.starts_on:
        raise Invalid(
            _("%(zone)s自 %(day)s 起设立，不能更早划入。") % {"zone": zone.name, "day": zone.starts_on},
            field="on",
        )
    moved = []
    for unit in units:
        standing = list(_running(Place.objects.filter(unit=unit), on).select_related("zone"))
        if _holds(standing, on) and standing[0].zone_id == zone.pk:
            continue
        for place in standing:
            _end(place, on)
        Place.objects.create(zone=zone, unit=unit, starts_on=on)
        before = {"zone": "、".join(place.zone.name for place in standing)} if standing else {}
        after = {"zone": zone.name, "on": str(on)}
        moved.append((unit, Happening(unit, "", unit.region.path, unit.pk, before, after, note)))
    journal.record_many("unit.zone", [happening for _unit, happening in moved], by=by)
    return {unit for unit, _happening in moved}


@transaction.atomic
def assign(units: Iterable[Unit], inspector: User, *, on: date, by: User | None, note: str = "") -> set[Unit]:
    """Make `inspector` responsible for `units` from `on`, in place of whoever is. Returns those that changed.

    Raises Invalid when a tie calls for avoidance.
    """
    changed = []
    for unit in units:
        tie = Tie.objects.filter(inspector__user=inspector, unit=unit).first()
        if tie is not None:
            raise Invalid(
                _("%(name)s 须回避 %(unit)s：%(reason)s。")
                % {"name": inspector.name, "unit": unit.name, "reason": tie.reason}
            )
        present = list(_running(Assignment.objects.filter(unit=unit), on).select_related("inspector"))
        if _holds(present, on) and present[0].inspector_id == inspector.pk:
            continue
        for one in present:
            _end(one, on)
        Assignment.objects.update_or_create(
            inspector=inspector, unit=unit, starts_on=on, defaults={"ends_on": None}
        )
        before = {"inspector": "、".join(one.inspector.name for one in present)}
        after = {"inspector": inspector.name, "on": str(on)}
        changed.append((unit, Happening(unit, "", unit.region.path, unit.pk, before, after, note)))
    journal.record_many("unit.assign", [happening for _unit, happening in changed], by=by)
    return {unit for unit, _happening in changed}


@transaction.atomic
def hand_over(leaver: User, heir: User, units: Sequence[Unit], *, on: date, by: User | None) -> int:
    """Move schools of one inspector to another in one step, from today on or later. Raises Invalid as `assign` does."""
    if leaver == heir:
        raise Invalid(_("请选择另一位督学。"), field="heir")
    if on < clock.today():
        raise Invalid(_("生效日期已过。确需补录以前的安排，请到“责任区”页面。"), field="on")
    theirs = _running(Assignment.objects.filter(inspector=leaver, unit__in=units), on)
    units = [one.unit for one in theirs.select_related("unit__region")]
    return len(assign(units, heir, on=on, by=by))


@transaction.atomic
def order_boards(chosen: list[str], *, paper: str, by: User, region: Region | None = None) -> Printing:
    """Have boards made for the chosen schools, or for all of `region`. Raises Invalid where there is none, or too many."""
    reach = schools_visible_to(by, "zone.manage")
    if region is not None:
        wanted = reach.filter(region__path__startswith=region.path)
    else:
        wanted = reach.filter(pk__in=chosen)
    units = [str(pk) for pk in wanted.order_by("region__path", "name", "pk").values_list("pk", flat=True)]
    if not units:
        raise Invalid(_("请先勾选学校。"))
    if len(units) > MOST_BOARDS:
        raise Invalid(_("一次最多生成 %(n)d 块公示牌。请分区县生成。") % {"n": MOST_BOARDS})
    made = Printing.objects.create(user=by, paper=paper, units=units, total=len(units))
    journal.record(
        "board.print", by=by, obj=made, label=f"{paper} × {len(units)}", after={"schools": len(units)}
    )
    print_later.enqueue(str(made.pk))
    return made


def _running(rows: Any, on: date) -> Any:
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def _holds(rows: Sequence[Assignment | Place], on: date) -> bool:
    """Whether one row alone holds from `on` without end."""
    return len(rows) == 1 and rows[0].ends_on is None and rows[0].starts_on <= on


def _end(row: Assignment | Place, on: date) -> None:
    """It held until the day before `on`; what had not begun by then never was."""
    if row.starts_on >= on:
        row.delete()
        return
    row.ends_on = on - timedelta(days=1)
    row.save(update_fields=["ends_on"])


def _tell(kind: str, one: Inspector, *, by: User | None, **what: Any) -> None:
    journal.record(kind, by=by, obj=one, label=one.user.name, region=one.region.path, **what)
