"""Situations to test in, made through the services wherever a service exists."""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from dudao.alarms import services as alarms
from dudao.alarms.models import Alarm
from dudao.alarms.payloads import AlarmIn
from dudao.findings.models import Finding
from dudao.inspections import services as inspections
from dudao.inspections.models import Visit
from dudao.inspections.payloads import VisitIn
from dudao.instruments.models import Version
from dudao.instruments.queries import current_version
from dudao.intake.handed_in import store_bytes
from dudao.intake.models import EvidenceFile
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Kind, Level, Region, Unit
from dudao.places.services import new_unit
from dudao.places.shapes import outline_of

_numbers = count(1)
SINCE = datetime(2026, 1, 1, tzinfo=UTC).date()


def region(code: str = "", *, parent: Region | None = None, name: str = "") -> Region:
    number = next(_numbers)
    while outline_of(f"43{number:04d}"):  # a county that exists, elsewhere than what tests put into it
        number = next(_numbers)
    code = code or f"43{number:04d}"
    path = f"{parent.path if parent else ''}{code}/"
    level = Level.COUNTY if parent else Level.CITY
    name = name or f"测试区{number}"
    return Region.objects.create(
        code=code,
        name=name,
        path=path,
        level=level,
        parent=parent,
        office=f"{name}教育督导室",
        office_mark=f"测{number}督",
    )


def unit(*, of: Region, kind: Kind = Kind.PRIMARY, name: str = "") -> Unit:
    number = next(_numbers)
    made = new_unit(
        code=f"U{number:06d}", name=name or f"第{number}小学", kind=kind, region=of, lat=27.8, lng=113.1
    )
    made.save(force_insert=True)
    return made


def person(role: Role | None = None, *, of: Region | Unit | None = None, name: str = "") -> User:
    number = next(_numbers)
    user = User.objects.create_user(f"u{number}", "correct horse battery", name=name or f"测试员{number}")
    if role is not None:
        scope: dict[str, Any] = {"assigned": True}
        if isinstance(of, Region):
            scope = {"region": of}
        elif isinstance(of, Unit):
            scope = {"unit": of}
        Grant.objects.create(user=user, role=role, starts_on=SINCE, **scope)
    return user


def jpeg(shade: int = 120, size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 140)).save(buffer, "JPEG")
    return buffer.getvalue()


def hashed(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def seal(size: int = 400) -> bytes:
    """A round red seal on a transparent ground."""
    image = Image.new("RGBA", (size, size))
    ImageDraw.Draw(image).ellipse((8, 8, size - 8, size - 8), outline=(220, 20, 20, 230), width=16)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def picture(by: User, shade: int = 120) -> EvidenceFile:
    return store_bytes(jpeg(shade), name="p.jpg", content_type="image/jpeg", by=by)


@dataclass
class Place:
    """A county under its city with one school and all the people around it."""

    city: Region
    county: Region
    unit: Unit
    inspector: User
    head: User
    officer: User
    city_officer: User
    auditor: User
    administrator: User


def place() -> Place:
    city = region()
    county = region(parent=city)
    school = unit(of=county)
    inspector = person(Role.INSPECTOR)
    Assignment.objects.create(inspector=inspector, unit=school, starts_on=SINCE)
    return Place(
        city=city,
        county=county,
        unit=school,
        inspector=inspector,
        head=person(Role.UNIT, of=school),
        officer=person(Role.COUNTY_OFFICE, of=county),
        city_officer=person(Role.CITY_OFFICE, of=city),
        auditor=person(Role.AUDITOR, of=city),
        administrator=person(Role.ADMINISTRATOR, of=city),
    )


def sheet(at: Place, *, files: list[EvidenceFile] | None = None, **changes: Any) -> dict[str, Any]:
    """A visit's payload as the phone sends it; `instrument` and `answers` are those of its one sheet."""
    # Two hours, or what there was of the day: at whatever hour the suite runs, a visit is of one day, today's.
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    lasted = min(timedelta(hours=2), clock.now() - midnight)
    start = clock.now() - lasted
    own = {
        "id": str(uuid7()),
        "instrument": changes.pop("instrument", None) or current_version("double-reduction-school").hash,
        "answers": changes.pop("answers", {"stage": "primary", "hw_board": "no"}),
        "notes": changes.pop("notes", {}),
    }
    plain: dict[str, Any] = {
        "unit": str(at.unit.pk),
        "sheets": [own],
        "started_at": start.isoformat(),
        "finished_at": (start + lasted / 2).isoformat(),
        "place": {"lat": 27.8, "lng": 113.1, "accuracy_m": 12},
        "methods": ["PATROL"],
        "companion": "王主任",
        "narrative": "校园秩序良好。",
        "highlights": "作业公示规范。",
        "findings": [problem()],
        "manifest": [
            {
                "sha256": one.sha256,
                "size": one.size,
                "type": "image/jpeg",
                "name": one.name,
                "role": "photo",
                "item": "hw_board",
            }
            for one in files or []
        ],
    }
    told = plain | changes
    for one in (*told["findings"], *told["manifest"]):
        if one.get("item") and one.get("role") != "signature":
            one.setdefault("sheet", own["id"])
    return told


def problem(severity: str = "MINOR", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "item": "hw_board",
        "rule": "hw_board.no",
        "category": "HOMEWORK",
        "severity": severity,
        "wording": "未建立作业校内公示制度。",
        "basis": "作业管理",
        "requirement": "建立作业公示栏。",
        "days": 5,
        "day_unit": "working",
    } | changes


def visit(at: Place, *, filed: bool = True, **changes: Any) -> Visit:
    """A visit that has arrived, and been filed unless told otherwise."""
    payload = msgspec.convert(sheet(at, **changes), VisitIn, strict=False)
    arrival = inspections.Arrival(uuid7(), at.inspector, clock.now(), clock.now())
    with transaction.atomic():
        versions = Version.objects.in_bulk([one.instrument for one in payload.sheets])
        made = inspections.receive(arrival, payload, unit=at.unit, versions=versions)
    return inspections.file(made, flags=[]) if filed else made


def finding(at: Place, **changes: Any) -> Finding:
    """A problem sent to the unit (or kept for the office, when serious)."""
    made = visit(at, findings=[problem(**changes)])
    return Finding.objects.select_related("unit__region", "inspector").get(visit=made)


def alarm(at: Place, *, what: str = "教学楼外墙砖脱落", **changes: Any) -> Alarm:
    """An alarm that has arrived."""
    now = clock.now()
    told = {
        "unit": str(at.unit.pk),
        "what": what,
        "where": "教学楼北侧",
        "pressed_at": now.isoformat(),
    } | changes
    arrival = inspections.Arrival(uuid7(), at.inspector, now, now)
    with transaction.atomic():
        return alarms.receive(arrival, msgspec.convert(told, AlarmIn, strict=False), unit=at.unit)
