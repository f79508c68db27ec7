"""Roll-ups: what they say is what the ledgers say, whatever happened in between, and a nightly look proves it."""

from datetime import timedelta
from importlib import import_module

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse

from dudao.cli.insight import insight as command
from dudao.findings import handling
from dudao.findings import services as findings
from dudao.findings.models import Finding
from dudao.findings.services import Seen
from dudao.findings.states import State
from dudao.insight import access, counting, followers, standings
from dudao.insight.models import Check, UnitMonth, UnitStanding
from dudao.insight.queries import months_back, this_month
from dudao.inspections.models import Sheet
from dudao.journal import followers as reading
from dudao.journal import services as journal
from dudao.journal.models import Event, Follower
from dudao.kernel import clock
from dudao.places import services as places
from tests import factories


def catch_up() -> None:
    while journal.seal() + reading.run():
        pass


def seen(finding: Finding) -> Seen:
    finding.refresh_from_db()
    return Seen(finding.state, finding.round)


def strike_off(finding: Finding, at: factories.Place) -> None:
    """The whole way, with one return."""
    photo = [factories.picture(at.head).sha256]
    findings.receive(finding, by=at.head, seen=seen(finding))
    for passed in (False, True):
        findings.report(finding, by=at.head, seen=seen(finding), text="已改", before=[], after=photo)
        findings.verify(
            finding, by=at.inspector, seen=seen(finding), passed=passed, method="VISIT", facts="看过"
        )
    findings.sign_off(finding, by=at.officer, seen=seen(finding))


@pytest.fixture
def busy(at, own_store):
    """A school with problems in several states, and one late."""
    with clock.set_to(clock.now() - timedelta(days=40)):
        late = factories.finding(at)
        findings.receive(late, by=at.head, seen=seen(late))
        done = factories.finding(at, severity="MAJOR")
    strike_off(done, at)
    factories.finding(at, severity="SERIOUS")
    factories.finding(at)
    return at


def figures(client, url: str) -> dict[str, str]:
    page = BeautifulSoup(client.get(url).content.decode(), "html.parser")
    return {
        card.select_one(".text-secondary").get_text(strip=True): card.select_one(".h1").get_text(strip=True)
        for card in page.select("a.card-link")
    }


def test_the_workbench_says_what_the_lists_it_leads_to_hold(busy, signed_in) -> None:
    catch_up()
    for person in (busy.officer, busy.head, busy.inspector, busy.city_officer):
        client = signed_in(person)
        page = BeautifulSoup(client.get(reverse("office:home")).content.decode(), "html.parser")
        ledger = [
            card for card in page.select("a.card-link") if card["href"].startswith(reverse("findings:ledger"))
        ]
        assert ledger, person
        for card in ledger:
            rows = BeautifulSoup(client.get(card["href"]).content.decode(), "html.parser").select(
                ".list tbody tr"
            )
            assert len(rows) == int(card.select_one(".h1").get_text()), (person, card["href"])


def test_a_school_is_not_told_by_a_number_of_what_the_office_still_holds(busy) -> None:
    catch_up()
    own = standings.standing_of(access.standings(busy.head))
    office = standings.standing_of(access.standings(busy.officer))
    assert office.by_state[State.RECORDED] == 1
    assert own.by_state[State.RECORDED] == 0
    assert own.open == office.open - 1


def test_months_tell_found_struck_off_returned_and_how_long_it_took(busy) -> None:
    catch_up()
    now, then = this_month(), (clock.today() - timedelta(days=40)).replace(day=1)
    sums = {one.month: one for one in standings.months_of(standings.under(busy.county), months_back(now, 3))}
    assert (sums[now].struck_off, sums[now].returned, sums[now].median_days) == (1, 1, 40)
    assert sums[then].found == 2
    assert sum(one.found for one in sums.values()) == 4


@pytest.mark.parametrize(
    ("counted", "middle"), [([], None), ([(3, 1)], 3), ([(1, 2), (9, 2)], 1), ([(1, 1), (5, 1), (9, 1)], 5)]
)
def test_the_median_is_the_lower_middle(counted, middle) -> None:
    assert standings.median(counted) == middle


def test_overdue_is_asked_of_the_day_and_not_stored(busy) -> None:
    catch_up()
    for days in (0, 3, 10, 60):
        with clock.set_to(clock.now() + timedelta(days=days)):
            told = standings.standing_of(access.standings(busy.officer)).overdue(clock.today())
            assert told == Finding.objects.visible_to(busy.officer).overdue(clock.today()).count(), days


def test_killed_at_any_batch_and_read_again_nothing_counts_twice(busy, monkeypatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 3)
    journal.seal()
    follow, calls = reading._followers[followers.NAME], []

    def dying(events: list[Event]) -> None:
        follow(events)
        calls.append(len(events))
        if len(calls) % 2:
            raise ConnectionError  # the process is gone after its rows were written, before they were committed

    for _turn in range(400):
        try:
            if not reading._advance(followers.NAME, dying):
                break
        except ConnectionError:
            continue
    assert len(calls) > 6
    assert not any(one.units for one in counting.differences([busy.unit.pk]))
    reading.rewind(followers.NAME)
    catch_up()
    assert not any(one.units for one in counting.differences([busy.unit.pk]))
    assert UnitMonth.objects.filter(unit=busy.unit).count() == 2


def test_what_is_on_its_way_is_no_fault_and_the_page_says_how_old_its_figures_are(busy, signed_in) -> None:
    catch_up()
    with clock.set_to(clock.now() - timedelta(minutes=7)):
        factories.finding(busy)
    assert followers.behind_since() is not None
    home = signed_in(busy.officer).get(reverse("office:home")).content.decode()
    assert "以下数字截至 7 分钟前" in home
    assert followers.check() == []
    assert "以下数字截至" not in signed_in(busy.officer).get(reverse("office:home")).content.decode()


def test_the_nightly_look_finds_a_wrong_figure_mends_it_and_journals_it(busy) -> None:
    catch_up()
    assert followers.check() == []
    UnitStanding.objects.filter(unit=busy.unit).update(count=77)
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert followers.check() == [busy.unit.pk]
        event = Event.objects.filter(kind="rollup.differs").get()
        assert event.after["examples"] == [str(busy.unit.pk)]
        assert Check.objects.get(on=clock.today()).wrong == 1
        assert followers.check() == []


def test_the_look_is_taken_once_a_night(busy) -> None:
    with clock.set_to(clock.now().replace(hour=19, minute=30)):  # 03:30 in Shanghai
        followers.check_at_night()
        followers.check_at_night()
        assert Event.objects.filter(kind="rollup.agrees").count() == 1


def test_a_school_that_goes_to_another_office_takes_its_figures_along(busy) -> None:
    catch_up()
    other = factories.region(parent=busy.city)
    places.move_unit(busy.unit, other, on=clock.today(), basis="文件", by=busy.officer)
    catch_up()
    assert standings.standing_of(standings.under(busy.county)).open == 0
    assert standings.standing_of(standings.under(other)).open == 3


def test_counted_again_from_nothing_it_is_the_same(busy) -> None:
    catch_up()
    fields = ("unit_id", "state", "severity", "due_on", "count")
    before = sorted(map(str, UnitStanding.objects.values_list(*fields)))
    UnitStanding.objects.all().delete()
    assert CliRunner().invoke(command, ["check"]).exit_code == 1
    UnitStanding.objects.all().delete()
    assert CliRunner().invoke(command, ["rebuild"]).exit_code == 0
    assert sorted(map(str, UnitStanding.objects.values_list(*fields))) == before
    assert CliRunner().invoke(command, ["check"]).exit_code == 0
    assert Follower.objects.get(name=followers.NAME).seq > 0


def test_figures_of_the_workbench_cost_the_same_for_two_problems_and_for_twenty(
    busy, signed_in, django_assert_max_num_queries
) -> None:
    client = signed_in(busy.officer)
    catch_up()
    client.get(reverse("office:home"))
    with django_assert_max_num_queries(80) as few:
        client.get(reverse("office:home"))
    for _more in range(18):
        factories.finding(busy)
    catch_up()
    with django_assert_max_num_queries(80) as many:
        client.get(reverse("office:home"))
    assert len(many) == len(few)
    counts = [one["sql"] for one in many if "COUNT(*)" in one["sql"] and '"findings_finding"' in one["sql"]]
    # What waits for a decision is few, and looked up from there.
    ledger = [sql for sql in counts if "findings_petition" not in sql and "findings_milestone" not in sql]
    assert not ledger


def test_a_problem_in_one_s_charge_counts_wherever_it_lies(busy, signed_in) -> None:
    elsewhere = factories.place()
    given = factories.finding(elsewhere)
    Finding.objects.filter(pk=given.pk).update(in_charge=busy.inspector)
    catch_up()
    own = standings.standings_for(busy.inspector, ["finding.view"])["finding.view"]
    assert own.open == Finding.objects.visible_to(busy.inspector).open().count() == 4


def test_a_deadline_that_is_paused_or_asked_about_does_not_pass(busy) -> None:
    late = Finding.objects.overdue(clock.today()).get()
    for held in ({"paused_on": clock.today()}, {"asks_extension": True}):
        Finding.objects.filter(pk=late.pk).update(**{"paused_on": None, "asks_extension": False} | held)
        counting.recount([busy.unit.pk])
        assert standings.standing_of(access.standings(busy.officer)).overdue(clock.today()) == 0


def test_a_problem_that_goes_to_another_unit_leaves_the_figures_of_the_first(busy) -> None:
    other = factories.unit(of=busy.county)
    held = Finding.objects.get(state=State.RECORDED)
    handling.reassign(held, by=busy.officer, seen=seen(held), unit=other, note="由中心校负责")
    catch_up()
    assert not any(one.units for one in counting.differences([busy.unit.pk, other.pk]))
    assert UnitStanding.objects.get(unit=other).state == State.NOTIFIED


def test_only_items_that_applied_to_the_school_count_as_asked(at) -> None:
    """33 items; of a junior school three of primary are not asked, of one without after-school service six."""
    for answers in ({"stage": "junior", "as_offered": "no"}, {"stage": "junior", "as_offered": "yes"}):
        factories.visit(at, answers=answers, findings=[])
    catch_up()
    assert UnitMonth.objects.get(unit=at.unit, month=this_month()).items == (33 - 3 - 6) + (33 - 3)


def test_old_sheets_count_what_was_always_asked_and_what_was_answered_of_the_rest(at) -> None:
    """The migrations, on rows as they were before them."""
    factories.visit(at, answers={"stage": "junior", "hw_g79_minutes": 60, "as_offered": "no"}, findings=[])
    catch_up()
    Sheet.objects.update(asked=0)
    UnitMonth.objects.update(items=33)
    old = MigrationLoader(connection).project_state([("insight", "0005_items_that_applied")]).apps
    import_module("dudao.inspections.migrations.0011_items_that_applied").count_old(old, None)
    import_module("dudao.insight.migrations.0005_items_that_applied").count_again(old, None)
    assert UnitMonth.objects.get(unit=at.unit, month=this_month()).items == 33 - 10 + 1
    assert followers.check() == []
