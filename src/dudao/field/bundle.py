"""What an inspector's phone takes along for the month: docs/field-api.md §2. Built by hand, field by field."""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone, translation

from dudao.findings.models import Finding, Milestone, PhotoKind, Proof, ReportPhoto
from dudao.findings.services import usual_handling
from dudao.findings.states import OPEN, RUNNING, Disposition, State
from dudao.inspections.joint import waiting_for
from dudao.inspections.models import Visit
from dudao.inspections.queries import taken_part
from dudao.inspections.states import VisitState
from dudao.inspectors.models import Inspector
from dudao.instruments.queries import compiled, current_versions
from dudao.kernel import clock
from dudao.people.models import User
from dudao.people.queries import assignments_on
from dudao.places.models import COMPULSORY, Kind, Region, Unit
from dudao.plans.models import Answer, PlanItem
from dudao.plans.queries import goes_together, invitations_to_answer, items_of, plans_for
from dudao.rules.deadlines import deadlines
from dudao.rules.models import Word, WordKind
from dudao.rules.queries import Limit, in_force, offered, special_days, words
from dudao.rules.teaching import visits_asked

FLEETING = ("generated_at", "server_time")
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def of(user: User) -> dict[str, Any]:
    """The whole bundle for `user`, as of now."""
    today = clock.today()
    own = set(assignments_on(today).filter(inspector=user).values_list("unit_id", flat=True))
    first = today.replace(day=1)
    planned = items_of(user.pk, first).values_list("unit_id", flat=True)
    together = goes_together(user, first)
    units = list(
        Unit.objects.filter(is_open=True, pk__in=own.union(planned, [item.unit_id for item in together]))
        .select_related("region")
        .order_by("region__path", "name")
    )
    responsible = [unit for unit in units if unit.pk in own]
    return {
        "generated_at": clock.now(),
        "server_time": clock.now(),
        "month": f"{today:%Y-%m}",
        "user": {
            "id": user.pk,
            "name": user.name,
            "certificate_no": user.certificate_no,
            "office": units[0].region.office if units else "",
            **_certificate(user),
        },
        "units": _units(user, units, today, responsible=responsible),
        "methods": [_word(word) for word in offered(WordKind.METHOD)],
        "categories": [_word(word) for word in offered(WordKind.CATEGORY)],
        "dispositions": [
            _word(word) for word in offered(WordKind.DISPOSITION) if word.key in Disposition.values
        ],
        "severities": _severities(units[0].region if units else None),
        "special_days": _special_days(today),
        "instruments": [
            {
                "version": version.hash,
                "key": version.definition.key,
                "name": {"zh": version.definition.title.zh, "en": version.definition.title.en},
                "definition": compiled(version),
            }
            for version in current_versions(*{unit.region for unit in units})
        ],
        "findings": _findings(user, responsible),
        "visits": _visits(user),
        "joints": [_joint(item) for item in together],
        "invitations": _invitations(user),
        "pin": _pin(units[0].region if units else None, today),
    }


def _pin(region: Region | None, today: date) -> dict[str, int] | None:
    """The PIN the office asks for over what is kept on the phone, or none (rules `field.pin…`)."""
    digits = in_force("field.pin", region=region, on=today)
    if not digits:
        return None
    return {
        "digits": digits,
        "lock_minutes": in_force("field.pin.lock", region=region, on=today)["minutes"],
        "tries": in_force("field.pin.tries", region=region, on=today),
    }


def _certificate(user: User) -> dict[str, Any]:
    """What the certificate shows beside name and number: the photo, and until when the term of office runs."""
    one = Inspector.objects.filter(user=user).first()
    if one is None:
        return {"photo": "", "valid_until": None}
    until = one.terms.filter(starts_on__lte=clock.today()).aggregate(last=Max("ends_on"))["last"]
    stem = PurePath(one.photo.name or "").stem
    return {
        "photo": f"{reverse('field:photo')}?{stem}" if stem else "",  # another photo, another address
        "valid_until": str(until) if until else None,
    }


def _joint(item: PlanItem) -> dict[str, Any]:
    """Who goes together to one school, known to all their phones before they go."""
    coming = [one.user for one in item.invitations.all() if one.answer == Answer.ACCEPTED]
    return {
        "plan": item.pk,
        "unit": item.unit_id,
        "planned_on": str(item.planned_on) if item.planned_on else None,
        "lead": _named(item.inspector),
        "members": [_named(one) for one in sorted(coming, key=lambda one: one.pk)],
    }


def _invitations(user: User) -> list[dict[str, Any]]:
    """To what the person is asked along, and has yet to answer. Of a school no more than its name: it is not hers yet."""
    items = [one.item for one in invitations_to_answer(user)]
    abouts = {key: _about(*key) for key in {(item.unit.region, item.month) for item in items}}
    return [
        {
            "plan": item.pk,
            "unit_name": item.unit.name,
            "month": f"{item.month:%Y-%m}",
            "planned_on": str(item.planned_on) if item.planned_on else None,
            "lead": _named(item.inspector),
            "note": item.note,
            "unannounced": item.is_unannounced and item.opened_at is None,
            "about": abouts[item.unit.region, item.month],
        }
        for item in items
    ]


def _named(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name}


def both(choice: Any) -> dict[str, str]:
    """A translated label in both languages."""
    texts = {}
    for key, language in LANGUAGES.items():
        with translation.override(language):
            texts[key] = str(choice)
    return texts


def _word(word: Word) -> dict[str, Any]:
    return {"key": word.key, "name": {"zh": word.zh, "en": word.en}}


def _severities(region: Region | None) -> list[dict[str, Any]]:
    held = deadlines(region=region, on=clock.today())
    return [
        _word(word)
        | _limit(held.limit(word.key))
        | {
            "kinds": {category: _limit(one) for category, one in held.kinds_of(word.key).items()},
            "disposition": usual_handling(word.key, region).value,
        }
        for word in words(WordKind.SEVERITY)
    ]


def _limit(limit: Limit) -> dict[str, Any]:
    return {"days": limit.days, "day_unit": limit.unit.value}


def _special_days(today: date) -> dict[str, str]:
    near = (today - timedelta(days=62), today + timedelta(days=400))
    return {
        str(day): "work" if works else "rest"
        for day, works in sorted(special_days().items())
        if near[0] <= day <= near[1]
    }


def _units(user: User, units: list[Unit], today: date, *, responsible: list[Unit]) -> list[dict[str, Any]]:
    own = {unit.pk for unit in responsible}
    first = today.replace(day=1)
    planned = dict(items_of(user.pk, first).values_list("unit_id", "planned_on"))
    regions = {unit.region for unit in units}
    abouts = {region: _about(region, first) for region in regions}
    severities = {region: _severities(region) for region in regions if region != units[0].region}
    asked = visits_asked(regions, [first])
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    start = timezone.make_aware(datetime(first.year, first.month, 1))  # noqa: DTZ001 - made aware here
    rows = Unit.objects.filter(pk__in=[unit.pk for unit in units]).annotate(
        done=Count("visits", Q(visits__started_at__gte=start), distinct=True),
        last=Max("visits__started_at"),
    )
    told = {row.pk: row for row in rows}
    open_ = dict(
        Finding.objects.filter(unit__in=responsible, state__in=OPEN)
        .order_by()
        .values_list("unit_id")
        .annotate(n=Count("pk"))
    )
    return [
        {
            "id": unit.pk,
            "name": unit.name,
            "kind": unit.kind,
            "kind_label": both(Kind(unit.kind).label),
            "region": unit.region.name,
            "address": unit.address,
            "lat": unit.lat,
            "lng": unit.lng,
            "liaison_name": unit.liaison_name,
            "liaison_phone": unit.liaison_phone,
            "pupils": unit.pupils,
            "needed": max(
                asked[unit.region_id, first] if unit.kind in COMPULSORY and unit.pk in own else 0,
                int(unit.pk in planned),  # elsewhere, and in holidays, only the plan asks for a visit
            ),
            "done": told[unit.pk].done,
            "due_on": str(last),
            "last_visit_on": str(timezone.localtime(told[unit.pk].last).date())
            if told[unit.pk].last
            else None,
            "open_findings": open_.get(unit.pk, 0),
            "planned_on": str(planned[unit.pk]) if planned.get(unit.pk) else None,
            "month": abouts[unit.region],
            # Of another county than the first school's, whose times to rectify stand for all.
            **({"severities": severities[unit.region]} if unit.region in severities else {}),
        }
        for unit in units
    ]


def _about(region: Region, month: date) -> dict[str, Any]:
    """What the month is about in `region`: its focus in words, its themes, the keys of its instruments."""
    plan = plans_for(region, [month]).get(month)
    if plan is None:
        return {"subject": "", "themes": [], "instruments": []}
    named = {word.key: word for word in words(WordKind.THEME)}
    themes = [_word(named[key]) for key in plan.themes if key in named]
    return {"subject": plan.subject, "themes": themes, "instruments": plan.instruments}


def _findings(user: User, units: list[Unit]) -> list[dict[str, Any]]:
    """Those of one's own schools, and those one is in charge of, such as what one has found at a colleague's."""
    rows = (
        Finding.objects.filter(Q(unit__in=units) | Q(in_charge=user), state__in=OPEN)
        .select_related("unit")
        .prefetch_related("reports__photos", "milestones__proofs")
        .order_by("due_on", "number")
    )
    return [
        {
            "id": finding.pk,
            "number": finding.number,
            "unit": finding.unit_id,
            "unit_name": finding.unit.name,
            "category": finding.category,
            "severity": finding.severity,
            "wording": finding.wording,
            "basis": finding.basis,
            "requirement": finding.requirement,
            "measures": finding.measures,
            "photos": _found(finding),
            "state": finding.state,
            "state_label": both(State(finding.state).label),
            "due_on": str(finding.due_on) if finding.due_on else None,
            "is_paused": finding.state in RUNNING and finding.paused_on is not None,
            "days_run": finding.state in RUNNING and finding.runs_out_on is not None,
            "round": finding.round,
            "report": _report(finding),
            "steps": [_step(finding, step) for step in finding.milestones.all()],
        }
        for finding in rows
    ]


def _report(finding: Finding) -> dict[str, Any] | None:
    current = next((report for report in finding.reports.all() if report.round == finding.round), None)
    if current is None:
        return None
    return {
        "text": current.text,
        "reported_at": current.reported_at,
        "photos": _photos(current.photos.all()),
    }


def _found(finding: Finding) -> list[dict[str, Any]]:
    """What was photographed when it was found, to stand beside what the unit reports; nothing while there is nothing to judge."""
    if finding.state != State.REPORTED and not any(step.waits for step in finding.milestones.all()):
        return []
    return [
        {"id": sha256, "kind": PhotoKind.BEFORE.value, **_addresses(sha256)} for sha256 in finding.evidence
    ]


def _step(finding: Finding, step: Milestone) -> dict[str, Any]:
    """A step of a plan: what the unit says of it, what was found, and whether it waits for a verification."""
    return {
        "id": step.pk,
        "title": step.title,
        "due_on": str(step.due_on),
        "standing": step.standing,
        "waits": step.waits and finding.state in RUNNING,
        "text": step.text,
        "reported_at": step.reported_at,
        "verdict": step.verdict,
        "photos": _photos(step.proofs.all()),
    }


def _photos(rows: Iterable[ReportPhoto | Proof]) -> list[dict[str, Any]]:
    """What the unit took, not what was taken when it was verified."""
    return [
        {
            "id": str(photo.pk),
            "kind": photo.kind,
            **_addresses(photo.sha256),
        }
        for photo in rows
        if photo.kind not in (PhotoKind.CHECK, PhotoKind.FILE)
    ]


def _addresses(sha256: str) -> dict[str, str]:
    return {
        "url": reverse("intake:evidence", args=[sha256, "view"]),
        "thumb_url": reverse("intake:evidence", args=[sha256, "thumb"]),
    }


def _visits(user: User) -> list[dict[str, Any]]:
    rows = Visit.objects.filter(taken_part(user.pk)).order_by("-started_at")[:30]
    waits = waiting_for([visit for visit in rows if visit.state == VisitState.RECEIVING])
    return [
        {
            "id": visit.pk,
            "unit": visit.unit_id,
            "unit_name": visit.unit_name,
            "started_at": visit.started_at,
            "state": visit.state,
            "state_label": both(VisitState(visit.state).label),
            "waits_for": waits.get(visit.pk, []),
            "leads": visit.inspector_id == user.pk,
        }
        for visit in rows
    ]
