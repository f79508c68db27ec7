"""What is issued when a visit is filed, and when the office releases a serious problem."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation

from dudao.documents import services as documents
from dudao.findings import services
from dudao.findings.documents import finding_list
from dudao.findings.models import Finding
from dudao.findings.services import Seen
from dudao.findings.states import AT_OFFICE
from dudao.inspections.documents import report
from dudao.inspections.models import Visit
from dudao.inspections.payloads import VisitIn
from dudao.people.models import User

CHINESE = "zh-hans"  # official documents are Chinese whoever is at work


def after_filing(visit: Visit) -> None:
    """Send the problems, issue the inspector's report to the office and the problem list to the unit, in the transaction
    that files the visit. What the office must review first is in the report, not yet in the unit's list."""
    if not visit.is_held_back:
        services.send_after_filing(visit)
    with translation.override(CHINESE):
        text = report(visit)
    documents.issue(
        text, issuer=visit.unit.region, unit=visit.unit, subject=visit, by=visit.inspector, for_unit=False
    )
    _issue_what_was_sent(visit)


def after_supplement(visit: Visit, told: VisitIn) -> None:
    """What came after filing goes the same way, with a problem list of its own; what was issued stays as it is."""
    if visit.is_held_back:
        return
    ids = [one.id for one in told.findings]
    services.send_after_filing(visit, only=ids)
    sent = Finding.objects.filter(pk__in=ids).exclude(state__in=AT_OFFICE)
    _issue_list(visit, list(sent), by=visit.inspector)


def after_release(visit: Visit) -> None:
    """The office has let the unit know of a covert visit: its problems go the way they were to be handled."""
    services.send_after_filing(visit)
    _issue_what_was_sent(visit)


def _issue_what_was_sent(visit: Visit) -> None:
    sent = Finding.objects.filter(visit=visit).exclude(state__in=AT_OFFICE)
    _issue_list(visit, list(sent), by=visit.inspector)


@transaction.atomic
def release(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """The office reviews a serious problem and sends it to the unit, with a problem list of its own."""
    released = services.issue(finding, by=by, seen=seen, note=note)
    if released.visit is not None:
        _issue_list(released.visit, [released], by=by)
    return released


def _issue_list(visit: Visit, findings: Sequence[Finding], *, by: User) -> None:
    if not findings:
        return
    with translation.override(CHINESE):
        text = finding_list(visit, sorted(findings, key=lambda one: one.number))
    documents.issue(text, issuer=visit.unit.region, unit=visit.unit, subject=visit, by=by)
