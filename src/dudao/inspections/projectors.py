"""A visit that came through the door, written down; and filed once every file is here."""

from dudao.inspections import services
from dudao.inspections.models import Visit
from dudao.inspections.payloads import VisitIn
from dudao.inspections.states import Flag
from dudao.instruments.models import Version
from dudao.intake.kinds import Quarantine
from dudao.intake.models import Entry, EvidenceFile, Proof
from dudao.intake.states import Standing
from dudao.people.models import User
from dudao.places.models import Unit


def project_visit(entry: Entry, payload: VisitIn) -> None:
    """Write the visit down. An unknown school or instrument keeps the entry in quarantine for the office."""
    sender = User.objects.get(pk=entry.user_id)
    unit = Unit.objects.filter(pk=payload.unit).select_related("region").first()
    if unit is None:
        raise Quarantine("unit-unknown", "系统中没有这所学校，请督导室核对后重新处理。")
    version = Version.objects.filter(hash=payload.instrument).first()
    if version is None:
        raise Quarantine("instrument-unknown", "系统中没有这个版本的检查表，请督导室发布后重新处理。")
    arrival = services.Arrival(entry.id, sender, entry.received_at, entry.device_time)
    services.receive(arrival, payload, unit=unit, version=version)


def complete_visit(entry: Entry) -> None:
    """Every file of the manifest is stored: file the visit."""
    visit = Visit.objects.select_related("unit__region", "inspector").get(pk=entry.id)
    hashes = visit.files.values("sha256")
    checks = {
        Flag.FILE_TYPE: EvidenceFile.objects.filter(sha256__in=hashes, trusted=False).exists(),
        Flag.SIGNATURE: Proof.objects.filter(entry=entry, standing=Standing.BAD).exists(),
    }
    services.file(visit, flags=[flag.value for flag, holds in checks.items() if holds])
