"""Nobody gives a right they lack; rights end, are lent for an absence, and are looked through once a year."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dudao.findings.models import Finding
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import DudaoError, Forbidden, Invalid
from dudao.people import grants
from dudao.people.authority import Scope, Span
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import APART, CAPABILITIES, EVERYWHERE, PLACES, RIGHTS, Role, held_by
from dudao.places.models import Region, Unit
from tests import factories

TODAY = clock.today()


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def fresh(user: User) -> User:
    """The person as the next request finds them."""
    return User.objects.get(pk=user.pk)


def give(to: User, role: Role, place: Region | Unit | None, by: User, span: Span | None = None) -> Grant:
    scope = Scope(region=place) if isinstance(place, Region) else Scope(unit=place)
    return grants.give(to, role, scope, span=span or Span(TODAY), by=fresh(by))


def test_a_county_office_appoints_its_own_inspectors_schools_and_colleagues(at) -> None:
    person = factories.person()
    give(person, Role.INSPECTOR, None, at.officer)
    give(person, Role.UNIT, at.unit, at.officer)
    give(person, Role.COUNTY_OFFICE, at.county, at.officer)
    assert fresh(person).can("finding.sign_off")
    assert Event.objects.filter(kind="grant.give", object_id=str(person.pk)).count() == 3


def test_nobody_gives_what_they_lack_nor_beyond_their_place_nor_to_themselves(at) -> None:
    elsewhere, person = factories.place(), factories.person()
    refused = [
        (person, Role.CITY_OFFICE, at.city, at.officer),
        (person, Role.AUDITOR, at.county, at.officer),
        (person, Role.ADMINISTRATOR, at.county, at.city_officer),
        (person, Role.SECURITY, at.county, at.city_officer),
        (person, Role.COUNTY_OFFICE, elsewhere.county, at.officer),
        (person, Role.UNIT, elsewhere.unit, at.officer),
        (person, Role.UNIT, at.unit, at.inspector),
        (person, Role.UNIT, at.unit, at.auditor),
        (person, Role.COUNTY_OFFICE, at.county, at.administrator),
        (at.officer, Role.UNIT, at.unit, at.officer),
    ]
    for to, role, place, by in refused:
        with pytest.raises(Forbidden):
            give(to, role, place, by)
    assert not Grant.objects.filter(user=person).exists()


def test_an_inspector_of_another_county_is_not_appointed_here(at) -> None:
    with pytest.raises(Forbidden):
        give(factories.place().inspector, Role.INSPECTOR, None, at.officer)


def test_a_role_holds_only_where_it_makes_sense(at) -> None:
    for role, place in ((Role.COUNTY_OFFICE, at.city), (Role.UNIT, at.county), (Role.CITY_OFFICE, None)):
        with pytest.raises(Invalid):
            give(factories.person(), role, place, at.city_officer)
    assert set(PLACES) == set(Role)


def test_a_right_is_not_given_for_longer_than_it_is_held(at) -> None:
    Grant.objects.filter(user=at.officer).update(ends_on=in_days(30))
    person = factories.person()
    with pytest.raises(Invalid):
        give(person, Role.UNIT, at.unit, at.officer)
    with pytest.raises(Invalid):
        give(person, Role.UNIT, at.unit, at.officer, Span(TODAY, in_days(31)))
    give(person, Role.UNIT, at.unit, at.officer, Span(TODAY, in_days(30)))


def test_the_same_right_twice_at_a_time_is_refused(at) -> None:
    person = factories.person()
    give(person, Role.UNIT, at.unit, at.officer, Span(TODAY, in_days(30)))
    with pytest.raises(Invalid):
        give(person, Role.UNIT, at.unit, at.officer, Span(in_days(30)))
    give(person, Role.UNIT, at.unit, at.officer, Span(in_days(31)))


def test_nobody_is_two_of_the_three_administrators(at) -> None:
    security, person = factories.person(Role.SECURITY, of=at.city), factories.person()
    give(person, Role.ADMINISTRATOR, at.city, security, Span(TODAY, in_days(10)))
    for role in APART - {Role.ADMINISTRATOR}:
        with pytest.raises(Invalid):
            give(person, role, at.city, security, Span(in_days(10)))
    give(person, Role.AUDIT, at.city, security, Span(in_days(11)))
    with pytest.raises(Forbidden):
        give(security, Role.AUDIT, at.city, security)


def test_the_three_administrators_share_no_power_to_act(at) -> None:
    acts = {role: {one for one in RIGHTS[role] if not one.endswith(".view")} for role in APART}
    assert acts[Role.ADMINISTRATOR].isdisjoint(acts[Role.SECURITY])
    assert acts[Role.AUDIT] == set()
    assert [role for role in APART if "journal.view" in RIGHTS[role]] == [Role.AUDIT]
    assert all(EVERYWHERE[role] <= RIGHTS[role] <= set(CAPABILITIES) for role in APART)


class World:
    """Two counties under one city, a school in each, and seven people; the first three hold what was there at first."""

    def __init__(self) -> None:
        self.city = factories.region()
        self.counties = [factories.region(parent=self.city) for _n in range(2)]
        self.units = [factories.unit(of=county) for county in self.counties]
        self.people = [
            factories.person(Role.CITY_OFFICE, of=self.city),
            factories.person(Role.COUNTY_OFFICE, of=self.counties[0]),
            factories.person(Role.COUNTY_OFFICE, of=self.counties[1]),
            *(factories.person() for _n in range(4)),
        ]
        for person, unit in zip(self.people[3:], self.units, strict=False):
            Assignment.objects.create(inspector=person, unit=unit, starts_on=factories.SINCE)
        self.places: list[Region | Unit | None] = [self.city, *self.counties, *self.units, None]

    def reach(self, grant: Grant) -> list[Unit]:
        """The schools a grant is about, by the plainest reading."""
        if grant.region is not None:
            return [unit for unit in self.units if unit.region.path.startswith(grant.region.path)]
        if grant.unit_id is not None:
            return [unit for unit in self.units if unit.pk == grant.unit_id]
        mine = set(Assignment.objects.filter(inspector=grant.user).values_list("unit_id", flat=True))
        return [unit for unit in self.units if unit.pk in mine]

    def held(self, by: User | None = None) -> set[tuple[str, str]]:
        """Every capability over every school, to use or to hand on: of everybody, or of `by` without what is borrowed."""
        rows = Grant.objects.in_force(TODAY).select_related("region", "unit__region", "user")
        rows = rows.filter(user=by, lent_from=None) if by else rows
        return {
            (one, str(unit.pk)) for grant in rows for unit in self.reach(grant) for one in held_by(grant.role)
        }


RIGHTS_AT = [
    (Role.CITY_OFFICE, 0), (Role.COUNTY_OFFICE, 1), (Role.COUNTY_OFFICE, 2), (Role.UNIT, 3), (Role.UNIT, 4),
    (Role.INSPECTOR, 3), (Role.INSPECTOR, 5), (Role.AUDITOR, 1), (Role.SECURITY, 0), (Role.ADMINISTRATOR, 0),
]  # fmt: skip
PEOPLE = st.integers(0, 6)
ACTS = st.tuples(
    st.sampled_from(["give", "give", "end", "lend"]), PEOPLE, PEOPLE, st.sampled_from(RIGHTS_AT), PEOPLE
)


class NobodyGivesWhatTheyLack(TestCase):
    """Whatever is given, ended and lent, in whatever order: a new right was held before by who gave it, over every
    place it reaches; and nothing is held over a place by anybody that nobody held there at first."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ACTS, min_size=1, max_size=10), st.sampled_from([0, 1, 2]))
    def test_no_sequence_of_grants_makes_a_right_out_of_nothing(self, acts: list[tuple], gone: int) -> None:
        world = World()
        Grant.objects.filter(user=world.people[gone]).delete()
        above = world.held()
        for act in acts:
            by = fresh(world.people[act[1]])
            own, known = world.held(by), set(Grant.objects.values_list("pk", flat=True))
            try:
                self.do(world, by, act)
            except DudaoError:
                continue
            for new in Grant.objects.exclude(pk__in=known).select_related("region", "unit__region", "user"):
                needed = {(one, str(unit.pk)) for unit in world.reach(new) for one in held_by(new.role)}
                assert needed <= own
                assert held_by(new.role) <= {one for one, _unit in own}, "and somewhere at least"
                assert new.user_id != by.pk, "nobody gives to themselves"
        assert world.held() <= above

    def do(self, world: World, by: User, act: tuple) -> None:
        what, _giver, taker, (role, place), third = act
        to = fresh(world.people[taker])
        rows = list(
            Grant.objects.filter(user=to).select_related("user", "region", "unit__region", "lent_from")
        )
        if what == "give":
            give(to, role, world.places[place], by)
        elif rows and what == "end":
            grants.end(rows[third % len(rows)], by=by)
        elif rows:
            grants.lend(
                rows[third % len(rows)], to=fresh(world.people[third]), span=Span(TODAY, in_days(9)), by=by
            )


def test_an_ended_right_takes_along_what_was_lent_from_it(at) -> None:
    colleague = factories.person(Role.UNIT, of=at.unit)
    grant = at.officer.grants.get()
    grants.lend(grant, to=colleague, span=Span(TODAY, in_days(9)), by=at.officer)
    assert fresh(colleague).can("finding.sign_off")
    grants.end(
        Grant.objects.select_related("user", "region", "unit", "lent_from").get(pk=grant.pk),
        by=at.city_officer,
    )
    assert not Grant.objects.in_force(in_days(1)).filter(role=Role.COUNTY_OFFICE).exists()


def test_a_right_that_has_not_begun_is_taken_back(at) -> None:
    person = factories.person()
    grant = give(person, Role.UNIT, at.unit, at.officer, Span(in_days(5)))
    grants.end(grant, by=fresh(at.officer))
    assert not Grant.objects.filter(user=person).exists()


def test_a_loan_ends_by_itself_and_stands_on_both_pages(at, signed_in) -> None:
    colleague = factories.person(Role.UNIT, of=at.unit, name="代理人")
    client = signed_in(at.officer)
    grant = at.officer.grants.get()
    address = reverse("office:grant-lend", args=[grant.pk])
    assert (
        client.post(address, {"to": "nobody", "starts_on": TODAY, "ends_on": in_days(7)}).status_code == 422
    )
    data = {"to": colleague.username, "starts_on": TODAY, "ends_on": in_days(7)}
    assert client.post(address, data | {"ends_on": in_days(800)}).status_code == 422
    assert client.post(address, data).status_code == 302
    assert fresh(colleague).can("finding.sign_off")
    lent = Grant.objects.get(lent_from=grant)
    assert not Grant.objects.in_force(in_days(8)).filter(pk=lent.pk).exists()
    own = text(client.get(reverse("office:account", args=[at.officer.pk])))
    assert f"{TODAY} 至 {in_days(7)} 由 代理人 代理" in own
    assert f"代理 {at.officer.name}" in text(client.get(reverse("office:account", args=[colleague.pk])))
    told = Event.objects.filter(kind="grant.lend").values_list("object_id", flat=True)
    assert set(told) == {str(at.officer.pk), str(colleague.pk)}


def test_what_is_borrowed_is_neither_lent_on_nor_given_on(at) -> None:
    colleague = factories.person(Role.UNIT, of=at.unit)
    lent = grants.lend(at.officer.grants.get(), to=colleague, span=Span(TODAY, in_days(9)), by=at.officer)
    with pytest.raises(Forbidden):
        give(factories.person(), Role.UNIT, at.unit, colleague)
    with pytest.raises(Invalid):
        grants.lend(lent, to=factories.person(), span=Span(TODAY, in_days(3)), by=fresh(colleague))
    with pytest.raises(Invalid):
        grants.lend(at.inspector.grants.get(), to=colleague, span=Span(TODAY, in_days(3)), by=at.officer)


def test_a_deputy_sees_what_the_absent_one_sees(at, signed_in) -> None:
    factories.finding(at)
    colleague = factories.person(Role.UNIT, of=factories.unit(of=at.county))
    assert not Finding.objects.visible_to(fresh(colleague)).exists()
    grants.lend(at.officer.grants.get(), to=colleague, span=Span(TODAY, in_days(9)), by=at.officer)
    assert Finding.objects.visible_to(fresh(colleague)).count() == 1


def text(answer) -> str:
    return " ".join(
        BeautifulSoup(answer.content.decode(), "html.parser").select_one("main").get_text(" ").split()
    )


def test_old_rights_come_up_for_review_and_are_kept_or_ended_many_at_once(at, signed_in) -> None:
    colleagues = [factories.person(Role.COUNTY_OFFICE, of=at.county) for _n in range(3)]
    elsewhere = factories.place()
    Grant.objects.update(starts_on=in_days(-400))
    client = signed_in(at.officer)
    page = text(client.get(reverse("office:grants-due")))
    assert all(one.username in page for one in (*colleagues, at.head, at.inspector))
    assert not any(
        one.username in page.split() for one in (at.officer, at.city_officer, at.auditor, elsewhere.head)
    )
    keys = [one.grants.get().pk for one in colleagues]
    client.post(reverse("office:grants-keep"), {"chosen": [*keys[:2], "x", elsewhere.head.grants.get().pk]})
    client.post(reverse("office:grants-end"), {"chosen": [keys[2], at.city_officer.grants.get().pk]})
    page = text(client.get(reverse("office:grants-due")))
    assert not any(one.username in page.split() for one in colleagues)
    assert [Grant.objects.get(pk=key).ends_on for key in keys] == [None, None, TODAY]
    assert Grant.objects.get(user=elsewhere.head).reviewed_on is None
    assert Grant.objects.get(user=at.city_officer).ends_on is None


def test_a_right_is_given_and_ended_on_the_page(at, signed_in) -> None:
    client = signed_in(at.officer)
    person = factories.person(Role.UNIT, of=at.unit)
    address = reverse("office:grant-new", args=[person.pk])
    assert '<option value="" selected>请选择</option>' in client.get(address).content.decode()
    assert client.post(address, {"role": "", "region": at.county.code, "starts_on": TODAY}).status_code == 422
    assert client.post(address, {"role": "COUNTY_OFFICE", "starts_on": TODAY}).status_code == 422
    assert client.post(address, {"role": "UNIT", "unit": "nonsense", "starts_on": TODAY}).status_code == 422
    assert (
        client.post(
            address, {"role": "CITY_OFFICE", "region": at.county.code, "starts_on": TODAY}
        ).status_code
        == 422
    )
    data = {"role": "COUNTY_OFFICE", "region": at.county.code, "starts_on": TODAY}
    assert client.post(address, data).status_code == 302
    grant = Grant.objects.get(user=person, role=Role.COUNTY_OFFICE)
    assert grant.given_by_id == at.officer.pk
    assert client.post(reverse("office:grant-end", args=[grant.pk])).status_code == 302
    grant.refresh_from_db()
    assert grant.ends_on == TODAY


def test_the_table_of_rights_says_what_is_used_and_what_is_handed_on(at, signed_in) -> None:
    page = signed_in(at.officer).get(reverse("people:rights")).content.decode()
    assert all(str(role.label) in page for role in Role)
    assert "可以授予他人" in page


def test_a_school_is_named_or_picked_from_a_list_of_one_s_own(at, signed_in) -> None:
    client, elsewhere = signed_in(at.officer), factories.unit(of=factories.place().county, name="外县小学")
    person = factories.person(Role.UNIT, of=at.unit)
    school = factories.unit(of=at.county, name="西街小学")
    address = reverse("office:grant-new", args=[person.pk])
    page = BeautifulSoup(client.get(address).content, "html.parser")
    offered = [one["value"] for one in page.select("datalist#units option")]
    assert page.select_one("[name=unit]")["list"] == "units"
    assert school.name in offered
    assert elsewhere.name not in offered
    asked = {"role": "UNIT", "starts_on": TODAY}
    assert client.post(address, asked | {"unit": elsewhere.name}).status_code == 422
    assert client.post(address, asked | {"unit": school.name}).status_code == 302
    assert Grant.objects.filter(user=person, unit=school).exists()
    factories.unit(of=at.county, name="西街小学")
    assert "多个同名" in client.post(address, asked | {"unit": school.name}).content.decode()


def test_a_right_is_lent_to_somebody_by_name(at, signed_in) -> None:
    grant, colleague = (
        at.officer.grants.get(),
        factories.person(Role.COUNTY_OFFICE, of=at.county, name="欧阳立新"),
    )
    address, asked = (
        reverse("office:grant-lend", args=[grant.pk]),
        {"starts_on": TODAY, "ends_on": in_days(9)},
    )
    client = signed_in(at.officer)
    assert colleague.username in client.get(address).content.decode()
    stranger = factories.person(Role.COUNTY_OFFICE, of=factories.place().county, name="别处的人")
    assert client.post(address, asked | {"to": stranger.username}).status_code == 422
    assert client.post(address, asked | {"to": "欧阳立新"}).status_code == 302
    assert Grant.objects.filter(user=colleague, lent_from=grant).exists()
