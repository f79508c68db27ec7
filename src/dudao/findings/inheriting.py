"""When a school is merged or closed: its open problems go to the heir, or wait for the office where there is none."""

from collections.abc import Sequence

from django.urls import reverse

from dudao.findings.audience import Audience
from dudao.findings.models import Finding
from dudao.findings.moving import swap
from dudao.findings.states import State
from dudao.journal.models import Event
from dudao.notify import services as notify
from dudao.places.models import Unit


def follow(events: Sequence[Event]) -> None:
    """Read of units that end. Read twice, the problems have gone already."""
    for event in events:
        if event.kind != "unit.close":
            continue
        unit = Unit.objects.filter(pk=event.unit_id, is_open=False).first()
        if unit is None:
            continue  # opened again meanwhile
        heirs = list(Unit.objects.filter(code__in=event.after.get("into", []), is_open=True))
        rows = Finding.objects.open().filter(unit=unit)
        found = list(rows.select_related("unit__region", "inspector", "handler", "in_charge"))
        if len(heirs) == 1:
            for finding in found:
                _pass_on(finding, unit, heirs[0])
        elif found:
            _tell_office(found, event)


def _pass_on(finding: Finding, unit: Unit, heir: Unit) -> None:
    swap(
        finding, "inherit", State(finding.state), State(finding.state), by=None, note=f"{unit.name} → {heir.name}",
        told={"unit": str(heir.pk), "from_unit": str(unit.pk)}, unit=heir, handler=None, in_charge=None,
    )  # fmt: skip


def _tell_office(found: list[Finding], event: Event) -> None:
    """Nobody, or more than one, could take them over: the office withdraws, reassigns or refers them one by one."""
    around = Audience(found)
    url = f"{reverse('findings:ledger')}?state=open&q={found[0].unit.name}"
    told = {"unit": found[0].unit.name, "count": len(found)}
    notify.send_once(
        "finding.no_heir", key=f"finding.no_heir:{event.pk}", to=around.office(found[0]), url=url, params=told
    )
