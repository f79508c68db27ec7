"""Joint visits (同行督导): each inspector hands in what she recorded, and one visit comes of it, in whatever order they arrive.

The lead's record becomes the visit. What the others recorded is kept until it is whole and the lead's is here, then put
into the visit; after filing it is a supplement (补充). Where the lead never hands in, the first of the others stands in.
Every step holds the row of the joint visit, so that two workers do not both find that somebody is missing.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.inspections import services
from dudao.inspections.models import Joint, Part, Visit
from dudao.inspections.payloads import OneSheetVisitIn, VisitIn
from dudao.inspections.services import Arrival
from dudao.inspections.states import Flag, VisitState
from dudao.instruments.models import Version
from dudao.intake import kinds
from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry
from dudao.intake.projectors import payload_of
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.kernel.text import clean
from dudao.people.models import User
from dudao.places.models import Unit
from dudao.rules.queries import last_day, limit

log = logging.getLogger(__name__)


class Team(NamedTuple):
    """Who goes together under an item of a plan: its inspector, and of those asked the ones who have accepted."""

    lead: int
    accepted: frozenset[int]
    asked: frozenset[int]

    @property
    def everyone(self) -> frozenset[int]:
        return self.asked | {self.lead}


_teams: list[Callable[[UUID], Team | None]] = []


def register_teams(find: Callable[[UUID], Team | None]) -> None:
    """The room of plans says who goes together; None where the item is there no more."""
    _teams.append(find)


def team_of(plan: UUID) -> Team | None:
    return next((team for find in _teams if (team := find(plan)) is not None), None)


def arrive(arrival: Arrival, told: VisitIn, *, unit: Unit, versions: Mapping[str, Version]) -> None:
    """Write down what one inspector recorded in a joint visit. The caller holds the transaction."""
    assert told.joint is not None
    leads = arrival.sender.pk == told.joint.lead
    team = team_of(told.joint.plan)
    if team is not None and not leads and arrival.sender.pk not in team.everyone:
        services.receive(arrival, told, unit=unit, versions=versions)  # asked by nobody: a visit of her own
        return
    joint = _held_for(arrival, told, unit)
    if not leads or joint.visit is not None:
        _keep(joint, arrival, told, versions)
        return
    _become(joint, services.receive(arrival, told, unit=unit, versions=versions))
    awaited = team.accepted if team is not None else told.joint.members
    joint.members.set(User.objects.filter(pk__in=awaited).exclude(pk=arrival.sender.pk))
    Joint.objects.filter(pk=joint.pk).update(without=clean(told.joint.without))


@transaction.atomic
def complete(part: Part, *, flags: list[str]) -> None:
    """Every file of a part is here: into the visit with it, if that is here."""
    joint = _held(part.joint_id)
    part.whole_at, part.flags = clock.now(), sorted({*part.flags, *flags})
    part.save(update_fields=["whole_at", "flags"])
    if joint.visit is not None:
        _join(joint.visit, part)
    _file_if_all_came(joint)


@transaction.atomic
def complete_visit(visit: Visit, *, flags: list[str]) -> None:
    """Every file of the visit's own is here: it is filed, unless others are awaited."""
    joint = Joint.objects.filter(visit=visit).first()
    if joint is None:
        services.file(visit, flags=flags)
        return
    held = _held(joint.pk)
    Visit.objects.filter(pk=visit.pk).update(flags=sorted({*visit.flags, *flags}))
    _file_if_all_came(held)


def missing(joint: Joint) -> list[User]:
    """Those awaited who have not handed in all."""
    come = joint.parts.filter(whole_at__isnull=False).values("inspector_id")
    return list(joint.members.exclude(pk__in=come).order_by("name", "pk"))


class Companion(NamedTuple):
    """One of those beside the lead, and how far her records have come: missing, arriving, waiting, joined, supplement."""

    name: str
    standing: str
    part: Part | None


STANDINGS = {
    "missing": gettext_lazy("未上报"),
    "arriving": gettext_lazy("文件接收中"),
    "waiting": gettext_lazy("已上报，未并入"),
    "joined": gettext_lazy("已并入"),
    "supplement": gettext_lazy("归档后补充"),
}


def companions(visit: Visit) -> list[Companion]:
    """Everyone beside the lead: those who have handed in, and those still awaited."""
    joint = Joint.objects.filter(visit=visit).first()
    if joint is None:
        return []
    parts = joint.parts.select_related("inspector").order_by("arrived_at", "pk")
    come = [Companion(one.inspector.name, _standing(one), one) for one in parts]
    heard = {part.inspector_id for part in parts}
    return come + [Companion(one.name, "missing", None) for one in missing(joint) if one.pk not in heard]


def _standing(part: Part) -> str:
    if part.is_supplement:
        return "supplement"
    if part.joined_at:
        return "joined"
    return "waiting" if part.whole_at else "arriving"


def waiting_for(visits: Iterable[Visit]) -> dict[UUID, list[str]]:
    """Visit → the names of those awaited."""
    rows = Joint.objects.filter(visit__in=list(visits), without="")
    return {
        row.visit_id: names for row in rows if row.visit_id and (names := [one.name for one in missing(row)])
    }


def awaited(visit: Visit) -> list[str]:
    """The names of those whose sheets the visit still waits for."""
    return waiting_for([visit]).get(visit.pk, []) if visit.state == VisitState.RECEIVING else []


@transaction.atomic
def file_without(visit: Visit, *, by: User, reason: str) -> None:
    """The lead, or the office, no longer waits for those missing. Raises Forbidden; Invalid without a reason; StaleState
    where nobody is awaited any more."""
    if not may_file_without(visit, by):
        raise Forbidden
    reason = clean(reason)
    if not reason:
        raise Invalid(_("请写明不再等待的原因。"), field="reason")
    joint = _held(visit.joint.pk)
    names = [one.name for one in missing(joint)]
    open_ = Joint.objects.filter(pk=joint.pk, without="", visit__state=VisitState.RECEIVING)
    if not names or not open_.update(without=reason):
        raise StaleState(_("这次督导已不在等待，请刷新后查看。"), move="file_without", seen=visit.state)
    _tell("visit.without", visit, by=by, note=reason, missing=names)
    joint.without = reason
    _file_if_all_came(joint)


def may_file_without(visit: Visit, user: User) -> bool:
    own = visit.inspector_id == user.pk and user.can("visit.record")
    return own or Visit.objects.visible_to(user, "finding.issue").filter(pk=visit.pk).exists()


@transaction.atomic
def answered(plan: UUID, user: User, *, comes: bool) -> None:
    """Somebody asked along has answered while the visit waits: with her, or no longer."""
    for pk in Joint.objects.filter(plan=plan, visit__state=VisitState.RECEIVING).values_list("pk", flat=True):
        joint = _held(pk)
        if comes and joint.visit is not None and joint.visit.inspector_id != user.pk:
            joint.members.add(user)
        elif not comes:
            joint.members.remove(user)
        _file_if_all_came(joint)


def give_up_waiting() -> int:
    """A step of the worker: what waits longer than rule `visit.joint_wait` goes on without those missing."""
    alone = Joint.objects.filter(visit__isnull=True, parts__whole_at__isnull=False)
    waiting = Joint.objects.filter(visit__state=VisitState.RECEIVING, without="")
    return sum(
        _go_on(pk) for pk in {*alone.values_list("pk", flat=True), *waiting.values_list("pk", flat=True)}
    )


@transaction.atomic
def _go_on(pk: int) -> bool:
    joint = _held(pk)
    within = limit("visit.joint_wait", region=joint.unit.region, on=clock.today())
    first = joint.visit or joint.parts.filter(whole_at__isnull=False).order_by("arrived_at", "pk").first()
    if first is None or last_day(timezone.localtime(first.arrived_at).date(), within) >= clock.today():
        return False
    if isinstance(first, Part):
        _stand_in(joint, first)
    elif joint.without or not _is_whole(first):
        return False
    else:
        joint.without = "逾期未上报"
        joint.save(update_fields=["without"])
        names = [one.name for one in missing(joint)]
        _tell("visit.without", first, by=None, note=joint.without, missing=names)
    _file_if_all_came(joint)
    return True


def _stand_in(joint: Joint, part: Part) -> None:
    """The lead has not come: the visit is that of the first of the others."""
    entry, told, versions = _recorded(part)
    part.delete()
    arrival = Arrival(entry.id, part.inspector, entry.received_at, entry.device_time)
    visit = services.receive(arrival, told, unit=joint.unit, versions=versions)
    visit.flags = sorted({*visit.flags, *part.flags, Flag.ALONE.value})
    visit.save(update_fields=["flags"])
    _become(joint, visit)


def _become(joint: Joint, visit: Visit) -> None:
    joint.visit = visit
    joint.save(update_fields=["visit"])
    for part in joint.parts.filter(whole_at__isnull=False, joined_at__isnull=True).order_by(
        "arrived_at", "pk"
    ):
        _join(visit, part)


def _keep(joint: Joint, arrival: Arrival, told: VisitIn, versions: Mapping[str, Version]) -> None:
    """The record of one who is not the lead, until it is whole."""
    skew = services.clock_skew(arrival, joint.unit)
    started_at = told.started_at + skew
    flags = services.flags(arrival, told, joint.unit, versions, skew)
    part = Part.objects.create(
        id=arrival.id,
        joint=joint,
        inspector=arrival.sender,
        started_at=started_at,
        finished_at=max(told.finished_at + skew, started_at),
        arrived_at=arrival.received_at,
        lat=told.place.lat if told.place else None,
        lng=told.place.lng if told.place else None,
        accuracy_m=told.place.accuracy_m if told.place else None,
        methods=told.methods,
        narrative=clean(told.narrative),
        highlights=clean(told.highlights),
        advice=clean(told.advice),
        inspector_note=clean(told.inspector_note),
        flags=[flag for flag in flags if flag != Flag.NOT_ASSIGNED],  # she came as a companion
    )
    journal.record(
        "visit.part", by=arrival.sender, obj=part, label=joint.unit.name, region=joint.unit.region.path,
        unit=joint.unit_id, after={"sheets": len(told.sheets), "findings": len(told.findings)},
    )  # fmt: skip


def _join(visit: Visit, part: Part) -> None:
    """Put a whole part into the visit. What cannot be put in (ids that stand elsewhere) stays beside it for a person."""
    _entry, told, versions = _recorded(part)
    late = visit.state == VisitState.FILED
    try:
        with transaction.atomic():
            Part.objects.filter(pk=part.pk, joined_at__isnull=True).update(
                joined_at=clock.now(), is_supplement=late
            )
            part.refresh_from_db(fields=["joined_at", "is_supplement"])
            counts = services.add(visit, part, told, versions=versions)
            kind = "visit.supplement" if late else "visit.join"
            _tell(kind, visit, by=part.inspector, note="", **counts)
    except (Quarantine, IntegrityError) as error:
        log.error("part %s cannot be put into visit %s: %s", part.pk, visit.pk, type(error).__name__)


def _file_if_all_came(joint: Joint) -> None:
    visit = joint.visit
    if visit is None or not _is_whole(visit) or (missing(joint) and not _without(joint)):
        return
    visit.refresh_from_db()
    services.file(visit, flags=[])


def _without(joint: Joint) -> str:
    return Joint.objects.values_list("without", flat=True).get(pk=joint.pk)


def _is_whole(visit: Visit) -> bool:
    return Entry.objects.filter(pk=visit.pk, completed_at__isnull=False).exists()


def _recorded(part: Part) -> tuple[Entry, VisitIn, Mapping[str, Version]]:
    """What the phone sent, read once more from the entry."""
    entry = Entry.objects.get(pk=part.pk)
    kind = kinds.find(entry.kind, entry.schema)
    assert kind is not None, f"unknown {entry.kind=} {entry.schema=} for {part.pk=}"
    payload = payload_of(entry, kind)
    told: VisitIn = payload.with_sheets(entry.id) if isinstance(payload, OneSheetVisitIn) else payload
    return entry, told, Version.objects.in_bulk([one.instrument for one in told.sheets])


def _held_for(arrival: Arrival, told: VisitIn, unit: Unit) -> Joint:
    assert told.joint is not None
    started = told.started_at + services.clock_skew(arrival, unit)
    on = timezone.localtime(started).date()
    joint, _made = Joint.objects.get_or_create(plan=told.joint.plan, on=on, unit=unit)
    return _held(joint.pk)


def _held(pk: int) -> Joint:
    """The row, held until the transaction ends: on PostgreSQL by its lock, on SQLite by the only write lock there is."""
    Joint.objects.select_for_update(of=("self",)).get(pk=pk)
    return Joint.objects.select_related("visit__unit__region", "visit__inspector", "unit__region").get(pk=pk)


def _tell(kind: str, visit: Visit, *, by: User | None, note: str, **after: object) -> None:
    journal.record(
        kind, by=by, obj=visit, region=visit.unit.region.path, unit=visit.unit_id, note=note, after=after
    )
