"""What is issued when a visit is filed, and when the office releases a serious problem."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import translation

from dudao.documents import services as documents
from dudao.documents.official import OfficialDocument
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
    listed = _list_of(visit, _sent(visit))  # before a number is taken, for which others wait
    documents.issue(
        text, issuer=visit.unit.region, unit=visit.unit, subject=visit, by=visit.inspector, for_unit=False
    )
    _issue_list(visit, listed, by=visit.inspector)


def after_supplement(visit: Visit, told: VisitIn) -> None:
    """What came after filing goes the same way, with a problem list of its own; what was issued stays as it is."""
    if visit.is_held_back:
        return
    ids = [one.id for one in told.findings]
    services.send_after_filing(visit, only=ids)
    sent = Finding.objects.filter(pk__in=ids).exclude(state__in=AT_OFFICE)
    _issue_list(visit, _list_of(visit, sent), by=visit.inspector)


def after_release(visit: Visit) -> None:
    """The office has let the unit know of a covert visit: its problems go the way they were to be handled."""
    services.send_after_filing(visit)
    _issue_list(visit, _list_of(visit, _sent(visit)), by=visit.inspector)


def _sent(visit: Visit) -> Iterable[Finding]:
    return Finding.objects.filter(visit=visit).exclude(state__in=AT_OFFICE)


@transaction.atomic
def release(finding: Finding, *, by: User, seen: Seen, note: str = "") -> Finding:
    """The office reviews a serious problem and sends it to the unit, with a problem list of its own."""
    released = services.issue(finding, by=by, seen=seen, note=note)
    if released.visit is not None:
        _issue_list(released.visit, _list_of(released.visit, [released]), by=by)
    return released


def _list_of(visit: Visit, findings: Iterable[Finding]) -> OfficialDocument | None:
    """The problem list for the unit; nothing where there is no problem to list."""
    ordered = sorted(findings, key=lambda one: one.number)
    with translation.override(CHINESE):
        return finding_list(visit, ordered) if ordered else None


def _issue_list(visit: Visit, text: OfficialDocument | None, *, by: User) -> None:
    if text is not None:
        documents.issue(text, issuer=visit.unit.region, unit=visit.unit, subject=visit, by=by)
