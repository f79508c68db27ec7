"""Turning what arrived into visits, and filing them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dudao.inspections.models import Part, Sheet, Visit, VisitFile
from dudao.inspections.payloads import VisitIn
from dudao.inspections.states import Flag, VisitState
from dudao.instruments.models import Version
from dudao.instruments.sheets import asked, faults
from dudao.intake.covered import covers
from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, StaleState
from dudao.kernel.text import clean, clean_all
from dudao.people.models import Assignment, User
from dudao.places.models import Unit
from dudao.rules.queries import in_force
from dudao.rules.terms import term_of


class Arrival(NamedTuple):
    """How a visit came in: who sent it, when by our clock, and what the phone's clock said at that moment."""

    id: UUID
    sender: User
    received_at: datetime
    device_time: datetime | None


Raise = Callable[[Visit, VisitIn, Part | None], None]
File = Callable[[Visit], None]
Supplement = Callable[[Visit, VisitIn], None]
_raisers: list[Raise] = []
_filers: list[File] = []
_supplementers: list[Supplement] = []
_releasers: list[File] = []


def on_received(do: Raise) -> None:
    """Upper rooms register what they make of a visit's sheets (findings), in the same transaction: the lead's, or those of
    a part of hers who came along."""
    _raisers.append(do)


def on_filed(do: File) -> None:
    """Upper rooms register what follows when a visit is complete (documents, notices), in the same transaction."""
    _filers.append(do)


def on_supplemented(do: Supplement) -> None:
    """Upper rooms register what follows when a filed visit is supplemented, in the same transaction."""
    _supplementers.append(do)


def on_released(do: File) -> None:
    """Upper rooms register what the unit gets when the office releases a covert visit, in the same transaction."""
    _releasers.append(do)


def receive(arrival: Arrival, told: VisitIn, *, unit: Unit, versions: Mapping[str, Version]) -> Visit:
    """Write down a visit that came through the door; `versions` by hash. The caller holds the transaction."""
    skew = clock_skew(arrival, unit)
    started_at, finished_at = told.started_at + skew, max(told.finished_at, told.started_at) + skew
    term = term_of(timezone.localtime(started_at).date(), region=unit.region)
    visit = Visit.objects.create(
        id=arrival.id,
        unit=unit,
        unit_name=unit.name,
        inspector=arrival.sender,
        started_at=started_at,
        finished_at=finished_at,
        device_started_at=told.started_at,
        arrived_at=arrival.received_at,
        school_year=term.year,
        term=term.term,
        lat=told.place.lat if told.place else None,
        lng=told.place.lng if told.place else None,
        accuracy_m=told.place.accuracy_m if told.place else None,
        place_refused=clean(told.place_refused),
        methods=told.methods,
        companion=clean(told.companion),
        unplanned=told.unplanned,
        covert=told.covert,
        narrative=clean(told.narrative),
        highlights=clean(told.highlights),
        advice=clean(told.advice),
        inspector_note=clean(told.inspector_note),
        unit_agrees=told.unit_opinion.agree,
        unit_opinion=clean(told.unit_opinion.text),
        unit_signer=clean(told.signatures.unit_signer),
        unit_refused=clean(told.signatures.unit_refused),
        flags=flags(arrival, told, unit, versions, skew),
    )
    Sheet.objects.bulk_create(_sheets(visit, told, versions))
    VisitFile.objects.bulk_create(_files(visit, told))
    for do in _raisers:
        do(visit, told, None)
    journal.record(
        "visit.arrive",
        by=arrival.sender,
        obj=visit,
        region=unit.region.path,
        unit=unit.pk,
        after={
            "sheets": len(told.sheets),
            "findings": len(told.findings),
            "files": len(told.manifest),
            "flags": visit.flags,
        },
    )
    return visit


def add(visit: Visit, part: Part, told: VisitIn, *, versions: Mapping[str, Version]) -> dict[str, int]:
    """Put what another inspector recorded into a visit, behind what is there; returns how much it was. The caller holds the
    transaction and the joint visit."""
    Sheet.objects.bulk_create(_sheets(visit, told, versions, part))
    files = _files(visit, told, part)
    VisitFile.objects.bulk_create(files)
    for do in _raisers:
        do(visit, told, part)
    if part.is_supplement:
        for follow in _supplementers:
            follow(visit, told)
    return {"sheets": len(told.sheets), "findings": len(told.findings), "files": len(files)}


@transaction.atomic
def file(visit: Visit, *, flags: list[str]) -> Visit:
    """Everything has arrived: file the visit and let report, problem list and notices follow. Acts once."""
    joined = sorted({*visit.flags, *flags})
    moved = Visit.objects.filter(pk=visit.pk, state=VisitState.RECEIVING).update(
        state=VisitState.FILED, filed_at=clock.now(), flags=joined
    )
    visit.refresh_from_db(from_queryset=Visit.objects.select_related("unit__region", "inspector"))
    if not moved:
        return visit
    journal.record(
        "visit.file",
        by=visit.inspector,
        obj=visit,
        region=visit.unit.region.path,
        unit=visit.unit_id,
        after={"started_at": visit.started_at.isoformat()},
    )
    for do in _filers:
        do(visit)
    return visit


@transaction.atomic
def release(visit: Visit, *, by: User) -> Visit:
    """The office lets the unit know what a covert visit (暗访) found. Raises Forbidden, or StaleState a second time."""
    if not Visit.objects.visible_to(by, "finding.issue").filter(pk=visit.pk).exists():
        raise Forbidden
    waiting = Visit.objects.filter(pk=visit.pk, state=VisitState.FILED, covert=True, released_at__isnull=True)
    if not waiting.update(released_at=clock.now(), released_by=by):
        raise StaleState(
            _("这次督导不需要反馈，或已经反馈，请刷新后查看。"), move="release", seen=visit.state
        )
    visit.refresh_from_db()
    journal.record("visit.release", by=by, obj=visit, region=visit.unit.region.path, unit=visit.unit_id)
    for do in _releasers:
        do(visit)
    return visit


def clock_skew(arrival: Arrival, unit: Unit) -> timedelta:
    """How far the phone's clock is behind ours, where that is more than the tolerated error; else nothing."""
    if arrival.device_time is None:
        return timedelta()
    skew = arrival.received_at - arrival.device_time
    allowed = in_force("device.clock_skew", region=unit.region, on=arrival.received_at.date())["minutes"]
    return skew if abs(skew) > timedelta(minutes=allowed) else timedelta()


def _next(rows: QuerySet[Any]) -> int:
    """The position behind those that are there."""
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _sheets(
    visit: Visit, told: VisitIn, versions: Mapping[str, Version], part: Part | None = None
) -> list[Sheet]:
    sheets = [
        Sheet(
            id=one.id,
            visit=visit,
            part=part,
            position=position,
            version=versions[one.instrument],
            answers=clean_all(one.answers),
            notes=clean_all(one.notes),
        )
        for position, one in enumerate(told.sheets, start=_next(visit.sheets.all()) if part else 0)
    ]
    for sheet in sheets:
        sheet.asked = asked(sheet.version.definition, sheet.held)
    return sheets


def flags(
    arrival: Arrival, told: VisitIn, unit: Unit, versions: Mapping[str, Version], skew: timedelta
) -> list[str]:
    on = timezone.localtime(told.started_at + skew).date()
    assigned = Assignment.objects.in_force(on).filter(inspector=arrival.sender, unit=unit).exists()
    today = str(timezone.localtime(told.started_at).date())
    wrong = any(
        faults(versions[one.instrument].definition, one.answers, one.notes, today=today)
        for one in told.sheets
    )
    checks = {
        Flag.NOT_ASSIGNED: not assigned,
        Flag.CLOCK: bool(skew),
        Flag.SHEET: wrong,
        Flag.NO_PLACE: told.place is None,
    }
    return sorted(flag.value for flag, holds in checks.items() if holds)


def _files(visit: Visit, told: VisitIn, part: Part | None = None) -> list[VisitFile]:
    signed = {told.signatures.unit: "unit", told.signatures.inspector: "inspector"}
    sheets = {one.id for one in told.sheets}
    copies = covers(told.manifest)
    return [
        VisitFile(
            visit=visit,
            sheet_id=one.sheet if one.sheet in sheets else None,
            part=part,
            position=position,
            sha256=one.sha256,
            size=one.size,
            type=one.type[:100],
            name=clean(one.name)[:200],
            role=one.role,
            item=signed.get(one.sha256, one.item) if one.role == "signature" else one.item,
            captured_at=one.captured_at,
            lat=one.place.lat if one.place else None,
            lng=one.place.lng if one.place else None,
            masks=copies.get(one.sha256, ""),
        )
        for position, one in enumerate(told.manifest, start=_next(visit.files.all()) if part else 0)
    ]
