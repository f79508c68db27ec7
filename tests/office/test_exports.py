"""Long exports: asked for, made by a worker with the person's own rights, split over sheets, and nobody else's to fetch."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dudao.journal.models import Event
from dudao.kernel import excel
from dudao.notify.models import Message
from dudao.office import exports
from dudao.office.models import Export
from dudao.people.models import Grant
from dudao.ui.lists import pages, reading
from tests import factories

LEDGER = "/findings/"


@pytest.fixture
def many(at, monkeypatch):
    """More problems than are exported at once."""
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 2)
    for severity in ("MINOR", "MAJOR", "MINOR", "MINOR"):
        factories.finding(at, severity=severity)
    factories.finding(factories.place())
    return at


def ordered(client: Client, query: str = "?export=xlsx") -> Export:
    """Go the whole way: the page that asks, then its button."""
    before = Export.objects.count()
    page = BeautifulSoup(client.get(LEDGER + query).content.decode(), "html.parser")
    assert Export.objects.count() == before, "looking orders nothing"
    form = page.select_one("main form")
    answer = client.post(
        form["action"], {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    )
    assert answer.status_code == 302
    return Export.objects.first()


def sheets(client: Client, export: Export) -> list[list[tuple]]:
    answer = client.get(reverse("office:export-file", args=[export.pk]))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(sheet.values) for sheet in book.worksheets]


def test_a_long_list_is_made_by_a_worker_and_ends_in_a_message(many, signed_in) -> None:
    client = signed_in(many.officer)
    export = ordered(client, "?severity=MINOR&export=xlsx")
    waits = client.get(reverse("office:export", args=[export.pk])).content.decode()
    assert "已完成 0 / 0" in waits
    assert client.get(reverse("office:export-file", args=[export.pk])).status_code == 404
    exports.make_later.func(
        str(export.pk)
    )  # what the worker runs; in its own connection it would see nothing yet
    (rows,) = sheets(client, export)
    assert rows[0][0] == "编号"
    assert len(rows) == 1 + 3
    assert "3 行" in client.get(reverse("office:export", args=[export.pk])).content.decode()
    assert Message.objects.get(recipient=many.officer, kind="list.exported").url == f"/exports/{export.pk}/"
    event = Event.objects.get(kind="list.export")
    assert (event.actor_id, event.note) == (many.officer.pk, "severity=MINOR")


def test_what_one_sheet_cannot_hold_goes_on_in_the_next(many, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(excel, "ROWS_OF_A_SHEET", 3)
    client = signed_in(many.officer)
    export = ordered(client)
    exports.make_later.func(str(export.pk))
    first, second = sheets(client, export)
    assert first[0] == second[0], "each sheet has its head"
    assert (len(first), len(second)) == (3, 3)
    assert len({row[0] for row in first[1:] + second[1:]}) == 4


def test_rights_are_those_of_the_moment_it_is_made(many, signed_in) -> None:
    client = signed_in(many.officer)
    export = ordered(client)
    Grant.objects.filter(user=many.officer).delete()
    exports.make_later.func(str(export.pk))
    export.refresh_from_db()
    assert (export.state, export.pages) == ("MADE", 0)


def test_an_export_is_nobody_else_s(many, signed_in) -> None:
    export = ordered(signed_in(many.officer))
    exports.make_later.func(str(export.pk))
    for other in (many.city_officer, many.auditor):
        for name in ("export", "export-file"):
            assert signed_in(other).get(reverse(f"office:{name}", args=[export.pk])).status_code == 404


def test_who_may_not_open_a_list_may_not_order_it(many, signed_in) -> None:
    for listing, status in (("jobs", 403), ("journal", 403), ("nonsense", 404), ("findings", 302)):
        answer = signed_in(many.head).post(reverse("office:export-new"), {"listing": listing, "query": ""})
        assert answer.status_code == status, listing
    assert Export.objects.count() == 1


def test_delivered_twice_it_is_made_once(many, signed_in) -> None:
    client = signed_in(many.officer)
    export = ordered(client)
    exports.make_later.func(str(export.pk))
    export.refresh_from_db()
    name = export.file.name
    exports.make_later.func(str(export.pk))
    export.refresh_from_db()
    assert export.file.name == name
    assert Message.objects.filter(kind="list.exported").count() == 1


def test_a_filter_that_matches_very_many_is_not_counted_to_the_end(many, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST_COUNTED", 3)
    client = signed_in(many.officer)
    page = BeautifulSoup(client.get(LEDGER).content.decode(), "html.parser")
    assert page.select_one(".list [role=status]").get_text(strip=True) == "超过 3 条"
    narrowed = BeautifulSoup(client.get(LEDGER + "?severity=MAJOR").content.decode(), "html.parser")
    assert "共 1 个问题" in narrowed.select_one(".list [role=status]").get_text()


def test_a_list_comes_as_csv_too_a_few_rows_at_once_and_many_by_a_worker(
    many, signed_in, monkeypatch
) -> None:
    client = signed_in(many.officer)
    export = ordered(client, "?severity=MINOR&export=csv")
    exports.make_later.func(str(export.pk))
    answer = client.get(reverse("office:export-file", args=[export.pk]))
    assert answer["Content-Disposition"].endswith('.csv"')
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    monkeypatch.setattr(pages, "MOST_AT_ONCE", 100)
    at_once = client.get(LEDGER + "?severity=MINOR&export=csv")
    assert at_once["Content-Type"].startswith("text/csv")
    assert list(csv.reader(io.StringIO(at_once.content.decode("utf-8-sig")))) == rows
    assert rows[0][0] == "编号"
    assert len(rows) == 1 + 3


def test_a_worker_has_the_cells_of_a_long_csv_said_by_the_database(many, signed_in, monkeypatch) -> None:
    monkeypatch.setattr(excel, "plain", None)  # what Python says texts by
    monkeypatch.setattr(exports, "TOLD_EVERY", 1)
    client = signed_in(many.officer)
    export = ordered(client, "?severity=MINOR&export=csv")
    exports.make_later.func(str(export.pk))
    export.refresh_from_db()
    assert (export.state, export.pages, export.done) == ("MADE", 3, 3)


def test_csv_holds_no_formula_and_says_days_and_moments_plainly() -> None:
    out = io.BytesIO()
    moment = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
    excel.write_csv(
        out, "", [("甲", 9), ("乙", 9)], [["=1+1", date(2026, 9, 1)], [None, moment], [3, 'a"b,\n']]
    )
    text = out.getvalue()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert rows == [["甲", "乙"], ["'=1+1", "2026-09-01"], ["", "2026-09-02 00:30"], ["3", 'a"b,\n']]
