"""The sample city: whenever it is made, its accounts find something to do."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from dudao.findings.looking_back import last_half, struck_off_in
from dudao.findings.models import Finding, Part
from dudao.findings.states import Severity, State
from dudao.instruments.queries import current_versions
from dudao.kernel import clock
from dudao.kernel.workdays import is_working
from dudao.people.models import Grant, User
from dudao.places.models import Region
from dudao.rules.queries import special_days
from dudao.sample import city, history


@pytest.mark.django_db
@pytest.mark.parametrize(
    "made_at", [datetime(2026, 11, 26, 6, tzinfo=UTC), datetime(2027, 1, 4, 6, tzinfo=UTC)]
)
def test_a_draw_of_look_backs_finds_something_and_a_head_has_something_to_release(made_at) -> None:
    with clock.set_to(made_at):
        today, special = clock.today(), special_days()
        made = city.build(Random(1), since=last_half().span[0].date())
        version = next(one for one in current_versions() if one.definition.key == "double-reduction-school")
        history._half_before(made, version, special)
        tianyuan = Region.objects.get(code="430211")
        drawable = struck_off_in(tianyuan, last_half())
        assert drawable.count() >= 4
        assert drawable.filter(severity=Severity.SERIOUS).exists(), "one that is always looked at again"
        assert not Finding.objects.open().exists()
        days = [day for n in range(40, 0, -1) if is_working(day := today - timedelta(days=n), special)]
        history.stage(made, version, days, Random(2))
        head, staff = (User.objects.get(username=f"demo-{name}") for name in ("school", "staff"))
        part = Part.objects.get()
        assert part.author == staff
        assert part.finding.handler == staff
        assert Finding.objects.visible_to(head, "finding.report").filter(pk=part.finding_id).exists()
        assert Grant.objects.filter(unit=part.finding.unit, role="UNIT_STAFF").count() == 2


@pytest.mark.django_db
def test_what_the_demo_shows_is_not_settled_on_the_spot() -> None:
    """Every fourth small problem of a visit is settled at once; those the demo's school is to work on never are."""
    with clock.set_to(datetime(2026, 11, 26, 6, tzinfo=UTC)):
        made = city.build(Random(1), since=last_half().span[0].date())
        version = next(one for one in current_versions() if one.definition.key == "double-reduction-school")
        unit = made.units[0]
        forced = dict.fromkeys(
            ("hw_board", "hw_no_parents", "as_fees", "as_rich", "ft_hour", "ph_rules"), "no"
        )
        visit = history._record(version, unit, clock.today() - timedelta(days=1), Random(2), forced=forced)
        shown = history._of(visit)
        assert {one.item for one in shown} >= set(forced)
        assert {one.state for one in shown if one.item in forced} == {State.NOTIFIED}
