"""Who is told about problems, read for many at once: the people of a unit, of its office, of the offices above, and
whoever verifies there today."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from dudao.findings.models import Finding
from dudao.kernel import clock
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import RIGHTS


class Audience:
    """People around some problems, with a constant number of queries."""

    def __init__(self, findings: Collection[Finding]) -> None:
        today = clock.today()
        units = {pk for one in findings for pk in (one.unit_id, one.department_unit_id) if pk}
        paths = {path for one in findings for path in _paths(one.unit.region.path)}
        active = Grant.objects.in_force(today).filter(user__is_active=True).select_related("user")
        self._of_unit: dict[UUID, list[Grant]] = defaultdict(list)
        for grant in active.filter(unit__in=units).order_by("pk"):
            assert grant.unit_id is not None
            self._of_unit[grant.unit_id].append(grant)
        self._of_path: dict[str, list[Grant]] = defaultdict(list)
        for grant in active.filter(region__path__in=paths).select_related("region").order_by("pk"):
            assert grant.region is not None
            self._of_path[grant.region.path].append(grant)
        self._inspecting: dict[UUID, list[User]] = defaultdict(list)
        rows = Assignment.objects.in_force(today).filter(unit__in=units, inspector__is_active=True)
        for row in rows.select_related("inspector").order_by("pk"):
            self._inspecting[row.unit_id].append(row.inspector)

    def unit(self, finding: Finding) -> list[User]:
        """The unit's head, and whoever it gave the problem to."""
        heads = _with("finding.receive", self._of_unit[finding.unit_id])
        return _each([*heads, *([finding.handler] if finding.handler else [])])

    def department(self, finding: Finding) -> list[User]:
        """The people of the department it was referred to, where that has an account."""
        of = finding.department_unit_id
        return _with("finding.answer", self._of_unit[of]) if of else []

    def office(self, finding: Finding, capability: str = "finding.issue") -> list[User]:
        """The office of the unit's own region, not the offices above."""
        return _with(capability, self._of_path[finding.unit.region.path])

    def office_above(self, finding: Finding) -> list[User]:
        """The nearest office above the unit's region that has anybody."""
        for path in reversed(_paths(finding.unit.region.path)[:-1]):
            if people := _with("finding.issue", self._of_path[path]):
                return people
        return []

    def verifiers(self, finding: Finding) -> list[User]:
        """Who verifies now: whoever was put in charge; the inspector who raised it while the school is theirs; else their
        successors; the office where nobody is."""
        if finding.in_charge and finding.in_charge.is_active:
            return [finding.in_charge]
        here = self._inspecting[finding.unit_id]
        if finding.inspector in here:
            return [finding.inspector]
        return here or self.office(finding, "finding.verify")


def _paths(path: str) -> list[str]:
    """The path of a region and of all it lies in, from the top."""
    return [path[: end + 1] for end, mark in enumerate(path) if mark == "/"]


def _with(capability: str, grants: Collection[Grant]) -> list[User]:
    return _each([grant.user for grant in grants if capability in RIGHTS[grant.role]])


def _each(people: list[User]) -> list[User]:
    """Everybody once, in the first order."""
    return list(dict.fromkeys(one for one in people if one.is_active))
