"""CSV said by the database is, to the byte, what Python makes of the same values."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.http import HttpRequest, QueryDict
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dudao.findings.models import Finding
from dudao.journal import services as journal
from dudao.kernel.excel import plain, write_csv
from dudao.rules.models import WordKind
from dudao.rules.queries import labels
from dudao.ui.lists import declared, pages
from dudao.ui.lists.exported import head_of, rows_of
from dudao.ui.lists.reading import View
from dudao.ui.lists.texts import texts_of
from dudao.urls import urlpatterns
from tests import factories

assert urlpatterns, "lists are declared with their pages"
LISTS = {one.name: one for one in declared()}
# fmt: off
PLAIN = ("alarms", "applications", "documents", "drafts", "findings", "jobs")  # every column is a path of fields
READER = {"journal": "auditor", "jobs": "administrator", "integrity": "administrator", "deliveries": "administrator"}
TRICKY = [*"=+-@\t\r\n,\"'’", "=1+1", "-1", "a\r\nb", '"=', " ", "校🏫", "𠮷", "\ufeff", "\u2028", "\\.", "a\x0bb"]
# fmt: on
SINCE, UNTIL = 473_385_600, 4_102_444_800  # seconds: from 1985, when summers had a time of their own, to 2100

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.lists(
    st.sampled_from(TRICKY)
).map("".join)
moments = st.none() | st.integers(SINCE, UNTIL).map(lambda second: datetime.fromtimestamp(second, UTC))


def look(name: str, user: object, query: str = "") -> View:
    request = HttpRequest()
    request.GET, request.user = QueryDict(query), user
    return View(LISTS[name], request)


def written(view: View) -> bytes:
    out = io.BytesIO()
    pages.write_file(view, "csv", out)
    return out.getvalue()


def by_python(view: View) -> bytes:
    out = io.BytesIO()
    write_csv(out, "", head_of(view.listing), rows_of(view))
    return out.getvalue()


@pytest.fixture
def filled(at: factories.Place) -> factories.Place:
    for severity in ("MINOR", "MAJOR", "MINOR"):
        factories.finding(at, severity=severity)
    factories.alarm(at)
    journal.seal()
    return at


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_the_file_that_python_makes(filled, name, language) -> None:
    view = look(name, getattr(filled, READER.get(name, "officer")))
    with translation.override(language):
        assert (texts_of(view) is not None) == (name in PLAIN)
        assert written(view) == by_python(view)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts, texts, moments, moments, st.none() | st.dates(date(1900, 1, 1)))
@example("=1+1", "-2\r\n", '@"a", b', datetime(1990, 6, 30, 16, 59, 59, 999999, UTC), None, None)
def test_any_text_and_any_moment_is_the_same_cell(
    at, wording, measures, basis, recorded, verified, due
) -> None:
    """Neither word nor choice is known of the category here: it stands for itself, and no spreadsheet executes it."""
    if not Finding.objects.exists():
        factories.finding(at)
    Finding.objects.update(
        wording=wording, measures=measures, basis=basis, category=wording[:40], severity=basis[:10],
        recorded_at=recorded or datetime(2026, 9, 1, tzinfo=UTC), verified_at=verified, due_on=due,
    )  # fmt: skip
    view = look("findings", at.officer, "state=")
    assert written(view) == by_python(view)
    (cells,) = list(csv.DictReader(io.StringIO(written(view).decode("utf-8-sig"), newline="")))
    assert (cells["问题描述"], cells["整改措施"]) == (plain(wording), plain(measures))


def test_a_word_of_the_office_that_looks_like_a_formula_stays_text(at, monkeypatch) -> None:
    finding = factories.finding(at, category="CANTEEN")
    named = labels(WordKind.CATEGORY) | {"CANTEEN": "=食堂"}
    monkeypatch.setattr("dudao.findings.lists.labels", lambda _kind: named)
    view = look("findings", at.officer)
    assert f"{finding.number},{at.unit.name},{at.unit.region.name},'=食堂,".encode() in written(view)
    assert written(view) == by_python(view)


def test_the_rows_pass_by_whoever_counts_them(filled) -> None:
    seen = []
    for name, rows in (("findings", 3), ("units", 1)):
        passed = pages.write_file(
            look(name, filled.officer),
            "csv",
            io.BytesIO(),
            through=lambda rows: (seen.append(row) or row for row in rows),
        )
        assert passed == len(seen) == rows, name
        seen.clear()
