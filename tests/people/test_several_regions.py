"""Who is responsible for several regions: the same people are found, by as many statements, as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dudao.intake import access
from dudao.people.models import Assignment, Grant, User
from dudao.people.phones import people_with_phones
from dudao.people.queries import accounts_visible_to
from dudao.people.roles import Role
from tests import factories

READS = (accounts_visible_to, people_with_phones, access.senders)


@pytest.fixture
def counties(at: factories.Place) -> list[Any]:
    """Three counties, each with a school, its head and its inspector; what lies elsewhere is nobody's business here."""
    found = [factories.region(parent=at.city) for _ in range(3)]
    for county in found:
        school = factories.unit(of=county)
        factories.person(Role.UNIT, of=school)
        Assignment.objects.create(
            inspector=factories.person(Role.INSPECTOR), unit=school, starts_on=factories.SINCE
        )
        factories.person(Role.COUNTY_OFFICE, of=county)
    return found


def officer_of(counties: list[Any]) -> User:
    made = factories.person(Role.COUNTY_OFFICE, of=counties[0])
    for county in counties[1:]:
        Grant.objects.create(user=made, role=Role.COUNTY_OFFICE, region=county, starts_on=factories.SINCE)
    return User.objects.get(pk=made.pk)


def asked(read: Callable[[User], Any], user: User) -> tuple[set[str], int]:
    with CaptureQueriesContext(connection) as statements:
        return {one.name for one in read(user)}, len(statements)


@pytest.mark.parametrize("read", READS)
def test_all_of_several_regions_are_found_by_as_many_statements_as_of_one(counties, read) -> None:
    everybody, several = asked(read, officer_of(counties))
    each = [asked(read, officer_of([county])) for county in counties]
    assert everybody
    assert everybody <= set().union(*(people for people, _count in each))
    assert len(everybody) >= 3 * 3
    assert {count for _people, count in each} == {several}


@pytest.mark.parametrize("read", READS)
def test_nobody_is_found_from_elsewhere(at, counties, read) -> None:
    found = {one.pk for one in read(officer_of(counties))}
    assert not found & {at.head.pk, at.officer.pk, at.inspector.pk}
