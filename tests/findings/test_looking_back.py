"""The second look: drawn in the open, kept or rebounded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dudao.findings import looking_back, reminding, services
from dudao.findings.asking import Kept
from dudao.findings.looking_back import Half, pick
from dudao.findings.models import LookBack
from dudao.findings.states import State
from dudao.journal.models import Event
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid, StaleState
from dudao.people.models import Assignment
from dudao.people.roles import Role
from tests import factories
from tests.findings.walking import followed, seen, struck_off, told

IN_SPRING = datetime(2026, 4, 7, 2, tzinfo=UTC)
IN_SUMMER = datetime(2026, 7, 6, 2, tzinfo=UTC)
SPRING = Half(2026, 1)


@given(st.lists(st.text(min_size=1), unique=True, max_size=60), st.integers(0, 100), st.text())
def test_a_share_is_never_less_than_the_rule_says_and_the_same_seed_gives_the_same(
    numbers, share, seed
) -> None:
    drawn = pick(numbers, share=share, seed=seed)
    assert len(drawn) * 100 >= share * len(numbers)
    assert (len(drawn) - 1) * 100 < share * len(numbers) or not drawn
    assert set(drawn) <= set(numbers)
    assert drawn == pick(sorted(numbers), share=share, seed=seed)


@pytest.fixture
def drawn(at):
    with clock.set_to(IN_SPRING):
        for _one in range(5):
            struck_off(at)
        grave = struck_off(at, severity="CRITICAL", days=3, day_unit="natural")
    with clock.set_to(IN_SUMMER):
        return looking_back.draw(at.county, by=at.officer, half=SPRING, seed="0412"), grave


def test_all_grave_ones_and_a_fifth_of_the_rest_are_drawn_and_it_is_journaled(at, drawn, signed_in) -> None:
    made, grave = drawn
    backs = list(made.look_backs.all())
    assert [one.finding for one in backs if one.is_always] == [grave]
    assert len(backs) == 2
    assert {one.goes for one in backs} == {at.inspector}
    event = Event.objects.get(kind="look_back.draw")
    assert (event.after["seed"], event.after["population"], len(event.after["drawn"])) == ("0412", 5, 2)
    with clock.set_to(IN_SUMMER):
        assert told(at.inspector)[-1] == "finding.look_backs"
        page = signed_in(at.officer).get(f"/findings/look-backs/draws/{made.pk}/").content.decode()
        assert "结果一致" in page
        assert grave.number in page
        assert grave.wording in page
        assert "已回访 0 个，其中反弹 0 个" in page
        assert "待回访" in signed_in(at.inspector).get("/").content.decode()
        assert "待回访" not in signed_in(at.officer).get("/").content.decode()
        for back in backs:
            kept = Kept([factories.picture(at.inspector).sha256])
            result = "REBOUND" if back.is_always else "KEPT"
            looking_back.look(
                back, by=at.inspector, seen=seen(back.finding), result=result, facts="已看", kept=kept
            )
        page = signed_in(at.officer).get(f"/findings/look-backs/draws/{made.pk}/").content.decode()
        assert "已回访 2 个，其中反弹 1 个" in page
        with pytest.raises(StaleState):
            looking_back.draw(at.county, by=at.officer, half=SPRING)


def test_who_draws_is_told_from_how_many(at, signed_in) -> None:
    with clock.set_to(IN_SPRING):
        for _one in range(3):
            struck_off(at)
    with clock.set_to(IN_SUMMER):
        page = signed_in(at.city_officer).get("/findings/look-backs/draw/").content.decode()
    assert f"{at.county.name}（已销号 3 个）" in page
    assert "------" not in page
    assert f"{at.city.name}（已销号 3 个）" in page


def test_a_half_that_still_runs_is_not_drawn_nor_by_another_office(at, drawn) -> None:
    with clock.set_to(IN_SUMMER):
        with pytest.raises(Invalid):
            looking_back.draw(at.county, by=at.officer, half=Half(2026, 2))
        with pytest.raises(Forbidden):
            looking_back.draw(at.city, by=at.officer, half=SPRING)


def test_what_was_kept_stays_struck_off(at, drawn) -> None:
    back = drawn[0].look_backs.first()
    finding = looking_back.look(
        back, by=at.inspector, seen=seen(back.finding), result="KEPT", facts="保持良好", kept=Kept()
    )
    assert finding.state == State.STRUCK_OFF
    with pytest.raises(StaleState):
        looking_back.look(back, by=at.officer, seen=seen(finding), result="KEPT", facts="x", kept=Kept())


def test_a_rebound_opens_it_again_with_its_history_and_weighs_more(at, drawn, signed_in) -> None:
    back = drawn[0].look_backs.get(is_always=False)
    photo = factories.picture(at.inspector, 99).sha256
    with clock.set_to(IN_SUMMER):
        with pytest.raises(Invalid, match="照片"):
            looking_back.look(
                back, by=at.inspector, seen=seen(back.finding), result="REBOUND", facts="又空了", kept=Kept()
            )
        data = {
            "result": "REBOUND", "facts": "公示栏又空了", "kept_photos": [photo], "seen_state": "STRUCK_OFF", "seen_round": "1",
        }  # fmt: skip
        answer = signed_in(at.inspector).post(f"/findings/look-backs/{back.pk}/", data)
        assert answer.status_code == 302
        finding = back.finding
        finding.refresh_from_db()
        assert (finding.state, finding.round, finding.rebounds, finding.severity) == (
            "NOTIFIED",
            2,
            1,
            "MAJOR",
        )
        assert (finding.struck_off_at, finding.received_at) == (None, None)
        assert finding.reports.count() == 1
        assert told(at.head)[-1] == "finding.reopen"
        finding = services.receive(finding, by=at.head, seen=seen(finding))
        after = factories.picture(at.head, 98)
        finding = services.report(
            finding, by=at.head, seen=seen(finding), text="重新整改", before=[], after=[after.sha256]
        )
        assert [one.round for one in finding.reports.all()] == [1, 2]


def test_a_school_is_not_told_that_somebody_will_look_again(at, drawn, signed_in) -> None:
    back = LookBack.objects.first()
    school = signed_in(at.head)
    assert school.get(f"/findings/look-backs/{back.pk}/").status_code == 403
    assert "回头看" not in school.get(f"/findings/{back.finding_id}/").content.decode()


def test_somebody_else_is_sent_told_and_reminded_and_finds_the_rebound(at, drawn, signed_in) -> None:
    """Also an inspector of another school, who then need not be responsible here."""
    other = factories.unit(of=at.county)
    helper = factories.person(Role.INSPECTOR)
    Assignment.objects.create(inspector=helper, unit=other, starts_on=factories.SINCE)
    back = drawn[0].look_backs.get(is_always=False)
    with clock.set_to(IN_SUMMER):
        followed()
        assert signed_in(helper).get(f"/findings/look-backs/{back.pk}/").status_code == 404
        sent = signed_in(at.officer).post(f"/findings/look-backs/{back.pk}/send/", {"to": str(helper.pk)})
        assert sent.status_code == 302
        assert told(helper) == ["finding.look_back_sent"]
        assert signed_in(helper).get(f"/findings/look-backs/{back.pk}/").status_code == 200
    with clock.set_to(IN_SUMMER + timedelta(days=58)):
        reminding.remind()
        reminding.remind()
        assert told(helper) == ["finding.look_back_sent", "finding.look_back_due"]
        back.refresh_from_db()
        photo = Kept([factories.picture(helper, 97).sha256])
        finding = looking_back.look(
            back, by=helper, seen=seen(back.finding), result="REBOUND", facts="又空了", kept=photo
        )
        assert finding.state == State.NOTIFIED
