"""Whose figures a person may sum up."""

from django.db.models import Q

from dudao.findings.states import AT_OFFICE
from dudao.people.access import Anyone, unit_scope


def standings(user: Anyone, capability: str = "finding.view") -> Q:
    """How the problems stand that `findings.access.scope` lets this person see: a unit is not told of those at the office."""
    return unit_scope(user, capability, path="region__path", shown_to_units=~Q(state__in=AT_OFFICE))


def months(user: Anyone, capability: str = "coverage.view") -> Q:
    """What happened in the units where this person has `capability`."""
    return unit_scope(user, capability, path="region__path")
