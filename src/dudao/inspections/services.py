"""Turning what arrived into visits, and filing them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dudao.inspections.models import Visit, VisitFile
from dudao.inspections.payloads import VisitIn
from dudao.inspections.states import Flag, VisitState
from dudao.instruments.models import Version
from dudao.instruments.sheets import faults
from dudao.journal import services as journal
from dudao.kernel import clock
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


Raise = Callable[[Visit, VisitIn], None]
File = Callable[[Visit], None]
_raisers: list[Raise] = []
_filers: list[File] = []


def on_received(do: Raise) -> None:
    """Upper rooms register what they make of a visit's sheet (findings), in the same transaction."""
    _raisers.append(do)


def on_filed(do: File) -> None:
    """Upper rooms register what follows when a visit is complete (documents, notices), in the same transaction."""
    _filers.append(do)


def receive(arrival: Arrival, sheet: VisitIn, *, unit: Unit, version: Version) -> Visit:
    """Write down a visit that came through the door. The caller holds the transaction."""
    skew = _skew(arrival, unit)
    started_at, finished_at = sheet.started_at + skew, max(sheet.finished_at, sheet.started_at) + skew
    term = term_of(started_at.date(), region=unit.region)
    visit = Visit.objects.create(
        id=arrival.id,
        unit=unit,
        unit_name=unit.name,
        inspector=arrival.sender,
        version=version,
        started_at=started_at,
        finished_at=finished_at,
        device_started_at=sheet.started_at,
        arrived_at=arrival.received_at,
        school_year=term.year,
        term=term.term,
        lat=sheet.place.lat if sheet.place else None,
        lng=sheet.place.lng if sheet.place else None,
        accuracy_m=sheet.place.accuracy_m if sheet.place else None,
        place_refused=clean(sheet.place_refused),
        methods=sheet.methods,
        companion=clean(sheet.companion),
        unplanned=sheet.unplanned,
        answers=clean_all(sheet.answers),
        notes=clean_all(sheet.notes),
        narrative=clean(sheet.narrative),
        highlights=clean(sheet.highlights),
        advice=clean(sheet.advice),
        inspector_note=clean(sheet.inspector_note),
        unit_agrees=sheet.unit_opinion.agree,
        unit_opinion=clean(sheet.unit_opinion.text),
        unit_signer=clean(sheet.signatures.unit_signer),
        unit_refused=clean(sheet.signatures.unit_refused),
        flags=_flags(arrival, sheet, unit, version, skew),
    )
    VisitFile.objects.bulk_create(_files(visit, sheet))
    for do in _raisers:
        do(visit, sheet)
    journal.record(
        "visit.arrive",
        by=arrival.sender,
        obj=visit,
        region=unit.region.path,
        unit=unit.pk,
        after={"findings": len(sheet.findings), "files": len(sheet.manifest), "flags": visit.flags},
    )
    return visit


@transaction.atomic
def file(visit: Visit, *, flags: list[str]) -> Visit:
    """Everything has arrived: file the visit and let report, problem list and notices follow. Acts once."""
    joined = sorted({*visit.flags, *flags})
    moved = Visit.objects.filter(pk=visit.pk, state=VisitState.RECEIVING).update(
        state=VisitState.FILED, filed_at=clock.now(), flags=joined
    )
    visit.refresh_from_db()
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


def _skew(arrival: Arrival, unit: Unit) -> timedelta:
    """How far the phone's clock is behind ours, where that is more than the tolerated error; else nothing."""
    if arrival.device_time is None:
        return timedelta()
    skew = arrival.received_at - arrival.device_time
    allowed = in_force("device.clock_skew", region=unit.region, on=arrival.received_at.date())["minutes"]
    return skew if abs(skew) > timedelta(minutes=allowed) else timedelta()


def _flags(arrival: Arrival, sheet: VisitIn, unit: Unit, version: Version, skew: timedelta) -> list[str]:
    on = (sheet.started_at + skew).date()
    assigned = Assignment.objects.in_force(on).filter(inspector=arrival.sender, unit=unit).exists()
    today = str(timezone.localtime(sheet.started_at).date())
    wrong = faults(version.definition, sheet.answers, sheet.notes, today=today)
    checks = {
        Flag.NOT_ASSIGNED: not assigned,
        Flag.CLOCK: bool(skew),
        Flag.SHEET: bool(wrong),
        Flag.NO_PLACE: sheet.place is None,
    }
    return sorted(flag.value for flag, holds in checks.items() if holds)


def _files(visit: Visit, sheet: VisitIn) -> list[VisitFile]:
    signed = {sheet.signatures.unit: "unit", sheet.signatures.inspector: "inspector"}
    return [
        VisitFile(
            visit=visit,
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
        )
        for position, one in enumerate(sheet.manifest)
    ]
