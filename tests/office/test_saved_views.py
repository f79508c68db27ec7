"""Views of a list under a name: one's own, the office's, and nobody else's."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from dudao.office.models import SavedView
from tests import factories

LEDGER = "/findings/"


def shown(client) -> dict[str, str]:
    page = BeautifulSoup(client.get(LEDGER).content.decode(), "html.parser")
    return {one.find(string=True).strip(): one["href"] for one in page.select(".saved-views a.dropdown-item")}


def keep(client, name: str, query: str = "severity=MAJOR&page=3&sort=-found", **more: str):
    """As the form of the list sends it."""
    page = BeautifulSoup(client.get(f"{LEDGER}?{query}").content.decode(), "html.parser")
    form = next(one for one in page.select(".saved-views form") if one.select("[name=name]"))
    sent = {one["name"]: one["value"] for one in form.select("input[type=hidden]")} | {"name": name} | more
    return client.post(form["action"], sent)


def test_a_view_is_kept_without_its_page_and_opens_the_same_list(at, signed_in) -> None:
    factories.finding(at, severity="MAJOR")
    factories.finding(at)
    client = signed_in(at.officer)
    keep(client, "较重 <b>%_'\"😀")
    ((name, address),) = shown(client).items()
    assert name == "较重 <b>%_'\"😀"
    assert address == f"{LEDGER}?severity=MAJOR&sort=-found"
    assert (
        len(BeautifulSoup(client.get(address).content.decode(), "html.parser").select(".list tbody tr")) == 1
    )


def test_what_is_shared_is_seen_by_the_office_and_given_up_only_by_its_owner(at, signed_in) -> None:
    colleague = factories.person("COUNTY_OFFICE", of=at.county)
    keep(signed_in(at.officer), "我的")
    keep(signed_in(at.officer), "大家的", shared="1")
    assert list(shown(signed_in(at.officer))) == ["大家的", "我的"]
    assert list(shown(signed_in(colleague))) == ["大家的"]
    assert not shown(signed_in(at.city_officer))
    assert not shown(signed_in(factories.place().officer))
    shared = SavedView.objects.get(name="大家的")
    assert signed_in(colleague).post(reverse("office:view-drop", args=[shared.pk])).status_code == 404
    assert signed_in(at.officer).post(reverse("office:view-drop", args=[shared.pk])).status_code == 302
    assert not shown(signed_in(colleague))


def test_a_shared_view_gives_no_right(at, signed_in) -> None:
    keep(signed_in(at.officer), "全部", query="", shared="1")
    elsewhere = factories.place()
    factories.finding(elsewhere)
    view = SavedView.objects.get()
    view.office = elsewhere.county
    view.save()
    page = signed_in(elsewhere.officer).get(shown(signed_in(elsewhere.officer))["全部"]).content.decode()
    assert elsewhere.unit.name in page
    assert at.unit.name not in page


def test_the_same_name_again_replaces_it(at, signed_in) -> None:
    client = signed_in(at.officer)
    keep(client, "常看")
    keep(client, "常看", query="severity=MINOR")
    assert shown(client) == {"常看": f"{LEDGER}?severity=MINOR"}


@pytest.mark.parametrize("name", ["", "   ", "\x00"])
def test_a_view_without_a_name_is_not_kept_and_says_why(at, signed_in, name) -> None:
    answer = keep(signed_in(at.officer), name)
    assert answer.url == f"{LEDGER}?severity=MAJOR&sort=-found", "nothing chosen is lost"
    assert not SavedView.objects.exists()
