"""The brief of a month: its figures are those of the lists they lead to, and it tells leaders what the roll-ups know."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.documents import drafting
from dudao.documents.models import Draft
from dudao.findings.models import Finding
from dudao.insight import followers
from dudao.inspectors import services as inspectors
from dudao.kernel import clock
from tests import factories

THIS_MONTH = f"{clock.today():%Y-%m}"


@pytest.fixture
def county(at):
    """Three problems of this month, one of them grave and one long overdue."""
    factories.finding(at, severity="CRITICAL")
    factories.finding(at, severity="MAJOR")
    late = factories.finding(at, severity="MINOR")
    Finding.objects.filter(pk=late.pk).update(
        state="RECEIVED", received_at=clock.now(), due_on=clock.today() - timedelta(days=40)
    )
    followers.rebuild()
    return at


def write(client, about: str) -> Draft:
    sent = {"paper": "brief", "about": about, "month": THIS_MONTH}
    answer = client.post(reverse("insight:monthly"), sent)
    assert answer.status_code == 302, answer.content.decode()
    return Draft.objects.order_by("-drafted_at").first()


def test_every_figure_opens_the_rows_it_was_counted_from(county, signed_in) -> None:
    client = signed_in(county.officer)
    draft = write(client, f"region:{county.county.code}")
    text = str(drafting.text_of(draft))
    assert "发现问题3个" in text
    assert f"{county.unit.name}（重大隐患1个，逾期1个）" in text
    assert "逾期超过30天的1个问题" in text
    assert len(draft.figures) >= 6
    for label, value, address in draft.figures:
        page = BeautifulSoup(client.get(address).content.decode(), "html.parser")
        assert not page.select(".alert-warning"), address
        assert len(page.select(".list tbody tr")) == int(value), f"{label} {address}"


def test_a_city_sees_its_counties_the_least_covered_first(county, signed_in) -> None:
    idle = factories.region(parent=county.city, name="空白县")
    factories.unit(of=idle)
    draft = write(signed_in(county.city_officer), f"region:{county.city.code}")
    text = str(drafting.text_of(draft))
    assert text.index(idle.name) < text.index(county.county.name)
    assert f"督促{idle.name}" in text


def test_a_zone_or_inspector_has_no_brief(county, signed_in) -> None:

    inspectors.register(county.inspector, county.county, by=None, engagement="PART_TIME")
    sent = {"paper": "brief", "about": f"inspector:{county.inspector.inspector.pk}", "month": THIS_MONTH}
    answer = signed_in(county.officer).post(reverse("insight:monthly"), sent)
    assert answer.status_code == 422
    assert not Draft.objects.exists()


def test_a_month_in_which_nothing_happened_is_told_plainly(at, signed_in) -> None:
    draft = write(signed_in(at.officer), f"region:{at.county.code}")
    text = str(drafting.text_of(draft))
    assert "本月未发现需要整改的问题" in text
    assert "目前没有未销号的重大隐患和逾期问题" in text
