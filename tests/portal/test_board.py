"""The notice board at a school's gate, as anyone with a phone finds it: without an account, without a script."""

import io
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from PIL import Image

from dudao.inspectors import services
from dudao.inspectors.boards import Gap, boards_of
from dudao.inspectors.models import Engagement, Inspector
from dudao.kernel import clock
from dudao.people.models import Assignment, User
from dudao.places.models import Kind, Unit
from tests import factories

PRIVATE = "13987654321"


@pytest.fixture
def registered(at) -> Inspector:
    User.objects.filter(pk=at.inspector.pk).update(phone=PRIVATE, certificate_no="湘督2026-007")
    at.inspector.refresh_from_db()
    one = services.register(
        at.inspector, at.county, by=None, engagement=Engagement.PART_TIME, public_phone="0731-2868001"
    )
    services.add_term(one, starts_on=clock.today() - timedelta(days=30), by=None)
    zone = services.open_zone(at.county, name="第一督学责任区", lead=None, on=clock.today(), by=None)
    services.put_in_zone([at.unit], zone, on=clock.today(), by=None)
    return one


def page(unit: Unit, **headers: str) -> tuple[int, str]:
    with override("zh-hans"):  # the language the page was asked for ends with it
        answer = Client(headers=headers).get(reverse("portal:board", args=[unit.code]))
    return answer.status_code, answer.content.decode()


def test_anyone_reads_who_inspects_the_school_and_how_to_reach_them(at, registered) -> None:
    status, text = page(at.unit)
    assert status == 200
    ends_on = registered.terms.get().ends_on
    for shown in (
        at.unit.name, at.inspector.name, "湘督2026-007", 'href="tel:0731-2868001"', "第一督学责任区",
        at.county.office, f"{ends_on:%Y-%m-%d}", "校务管理和制度执行", "校风、教风、学风建设",
        "受理、核实举报和投诉",
    ):  # fmt: skip
        assert shown in text, shown
    assert len(BeautifulSoup(text, "html.parser").select("ol li")) == 8 + 5


def test_the_private_telephone_never_appears(at, registered) -> None:
    assert PRIVATE not in page(at.unit)[1]
    Inspector.objects.update(public_phone="")
    text = page(at.unit)[1]
    assert PRIVATE not in text
    assert "暂未公布" in text
    assert "tel:" not in text
    assert at.inspector.username not in text


def test_it_needs_no_script_and_reads_in_english(at, registered) -> None:
    text = page(at.unit, accept_language="en")[1]
    assert "<script" not in text
    for shown in ("Matters supervised", "Receive and verify reports", "School management and rules"):
        assert shown in text


def test_the_photo_is_that_of_the_board_and_open_to_all(at, registered) -> None:
    address = reverse("portal:board-photo", args=[at.unit.code])
    assert Client().get(address).status_code == 404
    out = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(out, "JPEG")
    services.set_photo(registered, SimpleUploadedFile("a.jpg", out.getvalue()), by=None)
    assert address in page(at.unit)[1]
    answer = Client().get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (300, 400)


@pytest.mark.parametrize("kind", [Kind.TRAINING, Kind.GOVERNMENT, Kind.DEPARTMENT])
def test_what_is_no_school_has_no_board(at, kind) -> None:
    other = factories.unit(of=at.county, kind=kind, name="某某机构")
    status, text = page(other)
    assert status == 404
    assert other.name not in text


def test_nothing_is_told_of_a_closed_school(at, registered) -> None:
    Unit.objects.filter(pk=at.unit.pk).update(is_open=False, closed_on=clock.today())
    status, text = page(at.unit)
    assert status == 404
    assert at.unit.name not in text
    assert at.inspector.name not in text
    assert Client().get(reverse("portal:board-photo", args=[at.unit.code])).status_code == 404
    assert Client().get("/b/no-such-school/").status_code == 404


def test_a_school_without_an_inspector_says_whom_to_ask(at, registered) -> None:
    lonely = factories.unit(of=at.county)
    status, text = page(lonely)
    assert status == 200
    assert f"请联系{at.county.office}" in text


def test_a_board_says_why_it_cannot_be_printed(at, registered) -> None:
    today = clock.today()
    lonely, unlisted = factories.unit(of=at.county), factories.unit(of=at.county)
    Assignment.objects.create(inspector=factories.person(), unit=unlisted, starts_on=today)
    gaps = [board.gap for board in boards_of([at.unit, lonely, unlisted], today)]
    assert gaps == ["", Gap.NOBODY, Gap.UNREGISTERED]
    after = registered.terms.get().ends_on + timedelta(days=1)
    assert boards_of([at.unit], after)[0].gap == Gap.ENDED


def test_who_was_made_responsible_last_stands_on_the_board(at, registered) -> None:
    heir = services.register(
        factories.person(name="接任督学"), at.county, by=None, engagement=Engagement.FULL_TIME
    )
    on = clock.today() + timedelta(days=3)
    services.assign([at.unit], heir.user, on=on, by=None)
    assert boards_of([at.unit], on - timedelta(days=1))[0].name == at.inspector.name
    assert boards_of([at.unit], on)[0].name == "接任督学"


def test_many_boards_cost_as_many_queries_as_one(at, registered, django_assert_num_queries) -> None:
    units = [at.unit, *(factories.unit(of=at.county) for _more in range(8))]
    services.assign(units[:5], at.inspector, on=clock.today(), by=None)
    with django_assert_num_queries(4):
        boards_of(units[:1], clock.today())
    with django_assert_num_queries(4):
        boards_of(units, clock.today())


def test_the_address_of_the_page_is_the_public_one(at, registered, settings) -> None:
    settings.PUBLIC_URL = "https://dudao.example.gov.cn"
    with override("en"):
        board = boards_of([at.unit], date(2026, 9, 1))[0]
    assert board.url == f"https://dudao.example.gov.cn/b/{at.unit.code}/"
