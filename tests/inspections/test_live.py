"""The live stream: who may watch sees what comes in, within their regions only, and the same by stream as on the page."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dudao.inspections import live
from dudao.inspections.models import CheckIn, Visit
from dudao.intake.models import EvidenceFile
from dudao.kernel import clock
from dudao.kernel.ids import uuid7
from dudao.ui.streams import HEADER
from tests import factories


def told(client: Client, query: str = "") -> dict[str, str]:
    """What the stream tells at once."""
    answer = client.get(reverse("inspections:live-stream") + query)
    assert answer["Content-Type"] == "text/event-stream"
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    parts: dict[str, str] = json.loads(
        "".join(line[6:] for line in body.splitlines() if line.startswith("data: "))
    )
    return parts


def test_page_and_stream_show_the_visit_with_problems_photos_and_place(at, signed_in, own_store) -> None:
    visit = factories.visit(at, files=[factories.picture(at.inspector)])
    client = signed_in(at.officer)
    page = BeautifulSoup(client.get(reverse("inspections:live")).content.decode(), "html.parser")
    parts = told(client)
    for shown in (str(page.select_one('[data-dudao-live-part="rows"]')), parts["rows"]):
        assert visit.unit_name in shown
        assert "1 个问题" in shown
        assert "1 张照片" in shown
    spots = [str(page.select_one('[data-dudao-live-part="spots"]')), parts["spots"]]
    assert all(f"/visits/{visit.pk}/" in one and "transform=" in one for one in spots)


def test_what_is_still_coming_shows_how_much_is_here(at, signed_in, own_store) -> None:
    here = factories.picture(at.inspector)
    away = EvidenceFile(sha256="a" * 64, size=9, name="later.jpg")
    factories.visit(at, files=[here, away], filed=False)
    assert "文件 1/2" in told(signed_in(at.officer))["rows"]


def test_equal_rights_are_one_stream_and_others_another(at, signed_in) -> None:
    elsewhere = factories.place()

    def key(user: Any, query: str = "") -> str:
        return str(signed_in(user).get(reverse("inspections:live-stream") + query)[HEADER])

    colleague = factories.person("COUNTY_OFFICE", of=at.county)
    assert key(at.officer) == key(colleague)
    assert (
        len({key(at.officer), key(at.city_officer), key(elsewhere.officer), key(at.officer, "?count=8")}) == 4
    )


def test_each_watches_what_the_list_of_visits_would_give_them(at, signed_in) -> None:
    elsewhere = factories.place()
    factories.visit(at, covert=True)
    factories.visit(at)
    factories.visit(elsewhere)
    for user in (at.officer, at.city_officer, at.auditor, elsewhere.officer):
        may = set(Visit.objects.visible_to(user, "live.view").values_list("pk", flat=True))
        came = live.came_in(live.key_for(user, 30)["paths"], 30)
        assert {one.visit.pk for one in came} == may
    assert elsewhere.unit.name not in told(signed_in(at.officer))["rows"]


def test_the_picture_s_mark_changes_with_what_it_shows(at) -> None:
    key = live.key_for(at.officer, 30)
    with clock.set_to(clock.now()):
        before = live.look(key).mark
        assert live.look(key).mark == before
        factories.visit(at)
        assert live.look(key).mark != before


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_stream_speaks_the_person_s_language(at, signed_in, language) -> None:
    factories.visit(at)
    client = signed_in(at.officer)
    with translation.override(language):
        client.post(reverse("set_language"), {"language": language})
        assert ("Filed" in told(client)["rows"]) == (language == "en")


def test_a_stream_costs_the_same_for_two_visits_and_for_nine(at, django_assert_max_num_queries) -> None:
    key = live.key_for(at.officer, 30)
    for _one in range(2):
        factories.visit(at)
    with django_assert_max_num_queries(12) as few:
        live.look(key).draw()
    for _one in range(7):
        factories.visit(at)
    with django_assert_max_num_queries(12) as many:
        live.look(key).draw()
    assert len(few) == len(many)


def test_who_is_at_a_school_now_stands_on_the_map(at, signed_in) -> None:
    factories.visit(at)
    CheckIn.objects.create(
        id=uuid7(),
        visit=uuid7(),
        unit=at.unit,
        inspector=at.inspector,
        at=clock.now(),
        arrived_at=clock.now(),
    )
    spots = told(signed_in(at.officer))["spots"]
    assert f"{at.unit.name} · 正在督导 · {at.inspector.name}" in spots
    assert spots.count("<a ") == 1
    assert at.unit.name not in told(signed_in(factories.place().officer))["spots"]
