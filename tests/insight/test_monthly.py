"""The monthly report: its figures are those of the lists they lead to."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.documents import drafting
from dudao.documents.models import Draft
from dudao.documents.official import Table
from dudao.findings import looking_back
from dudao.findings.asking import Kept
from dudao.findings.models import Finding
from dudao.inspectors import services as inspectors
from dudao.kernel import clock
from dudao.plans import services as plans
from tests import factories
from tests.findings.walking import seen, struck_off
from tests.inspections.together import hand_in, team

THIS_MONTH = f"{clock.today():%Y-%m}"


@pytest.fixture
def month(at):
    """Two visits of this month, one of another inspector elsewhere, and problems of last month."""
    inspectors.register(at.inspector, at.county, by=None, engagement="PART_TIME")
    first = clock.today().replace(day=1)
    with clock.set_to(clock.now() - timedelta(days=(clock.today() - first).days + 10)):
        factories.finding(at)
    for severity in ("MAJOR", "SERIOUS"):
        factories.finding(at, severity=severity)
    factories.finding(factories.place())
    return at


def write(client, about: str, month: str = THIS_MONTH, paper: str = "report") -> Draft:
    sent = {"paper": paper, "about": about, "month": month}
    answer = client.post(reverse("insight:monthly"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.order_by("-drafted_at").first()


@pytest.mark.parametrize("of", ["region", "zone", "inspector"])
def test_every_figure_opens_the_rows_it_was_counted_from(month, signed_in, of) -> None:
    at = month
    zone = inspectors.open_zone(at.county, name="第一责任区", lead=None, on=clock.today(), by=None)
    inspectors.put_in_zone([at.unit], zone, on=clock.today(), by=None)
    about = {
        "region": f"region:{at.county.code}",
        "zone": f"zone:{zone.pk}",
        "inspector": f"inspector:{at.inspector.inspector.pk}",
    }[of]
    client = signed_in(at.officer)
    draft = write(client, about)
    text = str(drafting.text_of(draft))
    assert "发现问题2个" in text
    assert "上月发现问题1个" in text
    assert len(draft.figures) >= 5
    for label, value, address in draft.figures:
        page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
        assert not page.select(".alert-warning"), address
        assert len(page.select(".list tbody tr")) == int(value), f"{label} {address}"


def test_an_inspector_writes_their_own_and_no_one_else_s(month, signed_in) -> None:
    at = month
    client = signed_in(at.inspector)
    page = client.get(reverse("insight:monthly")).content.decode()
    assert f"责任督学{at.inspector.name}" in page
    assert at.county.code not in page
    draft = write(client, f"inspector:{at.inspector.inspector.pk}")
    assert draft.issuer == at.county
    refused = client.post(
        reverse("insight:monthly"),
        {"paper": "report", "about": f"region:{at.county.code}", "month": THIS_MONTH},
    )
    assert refused.status_code == 422


@pytest.mark.parametrize("month_", ["", "2999-01", "1999-12", "nonsense", "2026-13"])
def test_a_month_that_is_none_or_not_yet_is_told(at, signed_in, month_) -> None:
    sent = {"paper": "report", "about": f"region:{at.county.code}", "month": month_}
    answer = signed_in(at.officer).post(reverse("insight:monthly"), sent)
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_a_month_without_anything_says_so(at, signed_in) -> None:
    draft = write(signed_in(at.officer), f"region:{at.county.code}", "2025-03")
    text = str(drafting.text_of(draft))
    for told in ("本月未发现需要整改的问题", "上月没有发现问题", "没有单独记录亮点"):
        assert told in text, told
    assert not drafting.text_of(draft).attachments
    assert not Finding.objects.exists()


def test_a_visit_made_together_counts_for_each_who_went_and_once_for_the_county(at, signed_in) -> None:
    us = team(at, names=("王芳",))
    (colleague,) = us.members
    for who in (at.inspector, colleague):
        inspectors.register(who, at.county, by=None, engagement="PART_TIME")
        hand_in(us, who)
    client = signed_in(at.officer)
    hers = str(drafting.text_of(write(client, f"inspector:{colleague.inspector.pk}")))
    assert "本月开展督导1次，到校1所" in hers
    whole = write(client, f"region:{at.county.code}")
    assert "本月2名责任督学共开展督导1次" in str(drafting.text_of(whole))
    table = next(one for one in drafting.text_of(whole).blocks if isinstance(one, Table))
    assert {row[:2] for row in table.rows} == {(at.inspector.name, "1"), ("王芳", "1")}


@pytest.mark.parametrize("paper", ["report", "brief"])
def test_what_came_of_second_looks_is_told(at, signed_in, paper) -> None:
    half = looking_back.last_half()
    with clock.set_to(half.span[0] + timedelta(days=60)):
        grave = struck_off(at, severity="CRITICAL", days=3, day_unit="natural")
    back = looking_back.draw(at.county, by=at.officer, half=half).look_backs.get()
    client = signed_in(at.officer)
    about = f"region:{at.county.code}"
    assert "回头看" not in str(drafting.text_of(write(client, about, paper=paper)))
    kept = Kept([factories.picture(at.inspector).sha256])
    looking_back.look(back, by=at.inspector, seen=seen(grave), result="REBOUND", facts="又犯", kept=kept)
    text = str(drafting.text_of(write(client, about, paper=paper)))
    assert "回头看已销号问题1个，保持0个，反弹1个" in text
    assert grave.number in text


def test_themes_are_named_in_words_without_their_codes(at, signed_in) -> None:
    plans.set_month(at.county, plans.this_month(), themes=["T3"], instruments=[], subject="", by=at.officer)
    text = str(drafting.text_of(write(signed_in(at.officer), f"region:{at.county.code}")))
    assert "督导主题：课程开设和课堂教学。" in text
