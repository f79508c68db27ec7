"""A visit that came through the door, written down; and filed once every file is here."""

from dudao.inspections import check_ins, joint, services
from dudao.inspections.models import Part, Sheet, Visit
from dudao.inspections.payloads import CheckInIn, OneSheetVisitIn, VisitIn
from dudao.inspections.states import Flag
from dudao.instruments.models import Version
from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry, EvidenceFile, Proof
from dudao.intake.states import Standing
from dudao.people.models import User
from dudao.places.models import Unit


def project_one_sheet_visit(entry: Entry, payload: OneSheetVisitIn) -> None:
    """Phones that have not renewed their app send a visit with its one instrument."""
    project_visit(entry, payload.with_sheets(entry.id))


def project_visit(entry: Entry, payload: VisitIn) -> None:
    """Write the visit down. An unknown school or instrument keeps the entry in quarantine for the office."""
    sender = User.objects.get(pk=entry.user_id)
    unit = Unit.objects.filter(pk=payload.unit).select_related("region").first()
    if unit is None:
        raise Quarantine("unit-unknown", "系统中没有这所学校，请督导室核对后重新处理。")
    versions = Version.objects.in_bulk({one.instrument for one in payload.sheets})
    if len(versions) < len({one.instrument for one in payload.sheets}):
        raise Quarantine("instrument-unknown", "系统中没有这个版本的检查表，请督导室发布后重新处理。")
    if Sheet.objects.filter(pk__in=[one.id for one in payload.sheets]).exists():
        raise Quarantine("sheet-id-known", "记录中的检查表编号与已有记录重复。")
    arrival = services.Arrival(entry.id, sender, entry.received_at, entry.device_time)
    write = services.receive if payload.joint is None else joint.arrive
    write(arrival, payload, unit=unit, versions=versions)


def project_check_in(entry: Entry, payload: CheckInIn) -> None:
    sender = User.objects.get(pk=entry.user_id)
    unit = Unit.objects.filter(pk=payload.unit).select_related("region").first()
    if unit is None:
        raise Quarantine("unit-unknown", "系统中没有这所学校，请督导室核对后重新处理。")
    check_ins.receive(
        services.Arrival(entry.id, sender, entry.received_at, entry.device_time), payload, unit=unit
    )


def complete_visit(entry: Entry) -> None:
    """Every file of the manifest is stored: file the visit, or put into it what one more inspector recorded."""
    hashes = entry.expected_files.values("sha256")
    checks = {
        Flag.FILE_TYPE: EvidenceFile.objects.filter(sha256__in=hashes, trusted=False).exists(),
        Flag.SIGNATURE: Proof.objects.filter(entry=entry, standing=Standing.BAD).exists(),
    }
    flags = [flag.value for flag, holds in checks.items() if holds]
    part = Part.objects.select_related("inspector").filter(pk=entry.id).first()
    if part is not None:
        joint.complete(part, flags=flags)
        return
    visit = Visit.objects.select_related("unit__region", "inspector").get(pk=entry.id)
    joint.complete_visit(visit, flags=flags)
