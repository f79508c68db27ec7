"""Notice boards on paper: one at once, many by a worker, and what stands on them."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from dudao.documents import joining, orders
from dudao.documents.fonts import catalogue
from dudao.documents.orders import OrderState
from dudao.inspectors import board_pdf, printing, services
from dudao.inspectors.boards import boards_of
from dudao.inspectors.models import Engagement, Inspector, Printing, Term
from dudao.kernel import clock
from dudao.notify.models import Message
from dudao.people.models import User
from dudao.places.models import Unit
from dudao.rules.models import Word
from tests import factories

PRIVATE = "13987654321"
RARE = "㛃𬭎"
POINTS_PER_MM = 72 / 25.4
pytestmark = pytest.mark.skipif(
    not catalogue.present(catalogue.folder()),
    reason="LEFT OUT: no fonts; run python -m dudao.documents.fonts",
)


@pytest.fixture
def registered(at) -> Inspector:
    User.objects.filter(pk=at.inspector.pk).update(phone=PRIVATE, certificate_no="湘督2026-007")
    at.inspector.refresh_from_db()
    one = services.register(
        at.inspector, at.county, by=None, engagement=Engagement.PART_TIME, public_phone="0731-2868001"
    )
    services.add_term(one, starts_on=clock.today() - timedelta(days=30), by=None)
    return one


def reader(body: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(body), strict=True)


def words(body: bytes, page: int = 0) -> str:
    return "".join(reader(body).pages[page].extract_text().split())


def printed(unit: Unit, paper: str = "A3") -> bytes:
    return board_pdf.one(boards_of([unit], clock.today())[0], paper)


def photo(one: Inspector, shade: str = "navy") -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 1200), shade).save(out, "JPEG")
    services.set_photo(one, SimpleUploadedFile("a.jpg", out.getvalue()), by=None)


@pytest.mark.parametrize(("paper", "size"), [("A3", (420, 297)), ("A2", (594, 420))])
def test_a_board_lies_on_one_sheet_and_holds_what_the_regulation_asks(at, registered, paper, size) -> None:
    body = printed(at.unit, paper)
    assert len(reader(body).pages) == 1
    box = reader(body).pages[0].mediabox
    assert (round(float(box.width) / POINTS_PER_MM), round(float(box.height) / POINTS_PER_MM)) == size
    text = words(body)
    until = registered.terms.get().ends_on
    for shown in (
        "责任督学公示牌", at.unit.name, at.inspector.name, "湘督2026-007", "0731-2868001", at.county.office,
        f"{until.year}年{until.month}月{until.day}日", "校务管理和制度执行", "受理、核实举报和投诉",
    ):  # fmt: skip
        assert shown in text, shown
    assert PRIVATE not in text


def test_without_a_public_telephone_a_line_is_left_to_write_on(at, registered) -> None:
    Inspector.objects.update(public_phone="")
    assert PRIVATE not in words(printed(at.unit))


def test_the_photo_or_a_frame_for_one_is_on_the_board(at, registered) -> None:
    assert "照片待补" in words(printed(at.unit))
    photo(registered)
    body = printed(at.unit)
    assert "照片待补" not in words(body)
    assert [image.image.size for image in reader(body).pages[0].images] == [(900, 1200)]
    registered.photo.storage.delete(Inspector.objects.get().photo.name)
    assert "照片待补" in words(printed(at.unit)), "a lost file is no reason to fail"


@pytest.mark.parametrize(
    ("school", "name"),
    [
        (f"{RARE}希望小学", f"{RARE}"),
        ("词" * 100, "阿" * 60),
        ("W" * 100, "w" * 60),
        ('#import "x": * $x^2$ [a] *b* `c`', '"]); #panic("x")'),
        ("含\u0000控制\u202e字符的学校", "无字形\U000323af"),
    ],
    ids=["rare", "long", "long latin", "markup", "odd signs"],
)
def test_whatever_a_school_or_person_is_called_fits_on_the_page(at, registered, school, name) -> None:
    Unit.objects.filter(pk=at.unit.pk).update(name=school.replace("\u0000", ""))
    User.objects.filter(pk=at.inspector.pk).update(name=name)
    body = printed(Unit.objects.select_related("region").get(pk=at.unit.pk))
    assert len(reader(body).pages) == 1
    if name == RARE:
        assert RARE in words(body)


def test_an_office_with_more_and_longer_matters_still_gets_one_page(at, registered) -> None:
    for number in range(9, 15):
        Word.objects.create(
            kind="THEME", key=f"T{number}", zh="很长的督导事项" * 11, en="long", position=number
        )
    assert len(reader(printed(at.unit)).pages) == 1


def test_one_board_is_downloaded_at_once(at, registered, signed_in) -> None:
    address = reverse("inspectors:board", args=[at.unit.pk])
    answer = signed_in(at.head).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert f"board-{at.unit.code}-A3.pdf" in answer["Content-Disposition"]
    assert len(reader(answer.content).pages) == 1
    assert signed_in(at.head).get(address, {"paper": "A9"}).status_code == 404


def test_a_school_without_an_inspector_gets_the_reason_instead(at, registered, signed_in) -> None:
    lonely = factories.unit(of=at.county)
    answer = signed_in(at.officer).get(reverse("inspectors:board", args=[lonely.pk]))
    assert answer.status_code == 422
    assert "没有责任督学" in answer.content.decode()


def order(client, **data) -> Printing:
    answer = client.post(reverse("inspectors:boards-a3"), data)
    assert answer.status_code == 302
    return Printing.objects.get()


def test_all_boards_of_a_county_are_made_by_a_worker_and_told(at, registered, signed_in) -> None:
    lonely = factories.unit(of=at.county, name="无人小学")
    many = [factories.unit(of=at.county, name=f"有人小学{index:02d}") for index in range(11)]
    services.assign(many, at.inspector, on=clock.today(), by=None)
    photo(registered)
    client = signed_in(at.officer)
    made = order(client, region=at.county.code)
    page = reverse("inspectors:printing", args=[made.pk])
    assert 'hx-trigger="every 1s"' in client.get(page).content.decode()
    file = reverse("inspectors:printing-file", args=[made.pk])
    assert client.get(file).status_code == 422
    printing.make(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.pages, made.done, made.total) == (OrderState.MADE, 12, 13, 13)
    shown = client.get(page).content.decode()
    assert 'hx-trigger="every 1s"' not in shown
    assert lonely.name in shown
    assert "没有责任督学" in shown
    body = b"".join(client.get(file).streaming_content)
    assert len(reader(body).pages) == 12
    assert {len(page.images) for page in reader(body).pages} == {1}
    assert lonely.name not in "".join(words(body, index) for index in range(12))
    assert Message.objects.get(kind="board.made").params == {"pages": 12, "left_out": 1}


def test_only_the_ticked_schools_are_made_in_the_order_of_their_names(at, registered, signed_in) -> None:
    second, third = (factories.unit(of=at.county, name=name) for name in ("乙小学", "丙小学"))
    services.assign([second, third], at.inspector, on=clock.today(), by=None)
    made = order(signed_in(at.officer), chosen=[str(second.pk), str(third.pk)])
    printing.make(str(made.pk))
    made.refresh_from_db()
    with made.file.open("rb") as file:
        body = file.read()
    names = sorted([second.name, third.name])
    assert [name for index, name in enumerate(names) if name in words(body, index)] == names


def test_others_schools_and_regions_cannot_be_ordered(at, registered, signed_in) -> None:
    elsewhere = factories.place()
    client = signed_in(at.officer)
    stranger = {"chosen": [str(elsewhere.unit.pk), "nonsense"]}
    refused = client.post(reverse("inspectors:boards-a3"), stranger, follow=True)
    assert "请先勾选学校" in refused.content.decode()
    beyond = client.post(reverse("inspectors:boards-a3"), {"region": elsewhere.county.code})
    assert beyond.status_code == 404
    assert not Printing.objects.exists()


def test_an_order_without_a_single_board_says_why(at, registered, signed_in) -> None:
    Term.objects.update(
        starts_on=clock.today() - timedelta(days=900), ends_on=clock.today() - timedelta(days=1)
    )
    client = signed_in(at.officer)
    made = order(client, region=at.county.code)
    printing.make(str(made.pk))
    shown = client.get(reverse("inspectors:printing", args=[made.pk])).content.decode()
    assert "没有可以生成的公示牌" in shown
    assert "聘期已满" in shown


def test_what_goes_wrong_is_noted_and_tried_again(at, registered, signed_in, settings, monkeypatch) -> None:
    made = order(signed_in(at.officer), region=at.county.code)
    with monkeypatch.context() as broken:
        broken.setattr(catalogue, "folder", lambda: settings.HOME / "nowhere")
        with pytest.raises(catalogue.FontsMissing):
            printing.make(str(made.pk))
    made.refresh_from_db()
    assert made.state == OrderState.FAILED
    printing.make(str(made.pk))
    printing.make(str(made.pk))
    made.refresh_from_db()
    assert (made.state, made.pages) == (OrderState.MADE, 1)
    assert Message.objects.filter(kind="board.made").count() == 1


def test_files_older_than_a_month_make_room(at, registered, signed_in) -> None:
    made = order(signed_in(at.officer), region=at.county.code)
    printing.make(str(made.pk))
    Printing.objects.update(ended_at=clock.now() - orders.KEPT - timedelta(days=1))
    later = services.order_boards([str(at.unit.pk)], paper="A3", by=at.officer)
    printing.make(str(later.pk))
    made.refresh_from_db()
    later.refresh_from_db()
    assert not made.file
    assert later.file
    shown = signed_in(at.officer).get(reverse("inspectors:printing", args=[made.pk])).content.decode()
    assert "现已清除" in shown


def test_the_list_names_gaps_and_costs_the_same_for_two_schools_and_for_twelve(
    at, registered, signed_in, django_assert_max_num_queries
) -> None:
    factories.unit(of=at.county, name="无人小学")
    client, page = signed_in(at.officer), reverse("inspectors:boards")
    assert "没有责任督学" in client.get(page).content.decode()
    held = client.get(page, {"standing": "held"}).content.decode()
    assert at.unit.name in held
    assert "无人小学" not in held
    with django_assert_max_num_queries(30) as few:
        client.get(page)
    services.assign(
        [factories.unit(of=at.county) for _more in range(10)], at.inspector, on=clock.today(), by=None
    )
    with django_assert_max_num_queries(30) as many:
        client.get(page)
    assert len(many) == len(few)


def test_what_our_compiler_does_not_write_is_not_joined() -> None:
    joiner = joining.Joiner(io.BytesIO(), title="x")
    for body in (b"", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n", b"xref\n0 1\nstartxref\n99\n%%EOF"):
        with pytest.raises(joining.NotJoinable):
            joiner.add(body)


def test_who_prints_is_told_whose_photo_is_still_missing(at, registered, signed_in) -> None:
    client, page = signed_in(at.officer), reverse("inspectors:boards")
    assert "1 名责任督学还没有照片" in client.get(page).content.decode()
    photo(registered)
    assert "还没有照片" not in client.get(page).content.decode()
