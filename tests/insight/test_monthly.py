"""The monthly report: its figures are those of the lists they lead to."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.documents import drafting
from dudao.documents.models import Draft
from dudao.findings.models import Finding
from dudao.inspectors import services as inspectors
from dudao.kernel import clock
from tests import factories

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
