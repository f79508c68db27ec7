"""Terms that differ by county, and the work calendar: in words, corrected, brought in, and not yet published."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dudao.imports import running, services
from dudao.imports.declared import of
from dudao.kernel import clock
from dudao.kernel.errors import Forbidden, Invalid
from dudao.kernel.workdays import DayUnit
from dudao.rules import calendar
from dudao.rules.migrations import __name__ as MIGRATIONS
from dudao.rules.models import SpecialDay, Term, TermDates
from dudao.rules.queries import Limit, last_day, published_years
from dudao.rules.terms import keep_term, spans, term_of
from tests import factories

TODAY = clock.today()


def main(answer) -> str:
    return " ".join(
        BeautifulSoup(answer.content.decode(), "html.parser").select_one("main").get_text(" ").split()
    )


def test_a_county_may_begin_its_term_on_another_day(at) -> None:
    other = factories.region(parent=at.city)
    year = TODAY.year + 1
    keep_term(at.city, year, Term.AUTUMN, starts_on=date(year, 9, 1), ends_on=date(year + 1, 1, 20), source="市校历", by=at.city_officer)  # fmt: skip
    keep_term(at.county, year, Term.AUTUMN, starts_on=date(year, 8, 28), ends_on=date(year + 1, 1, 18), source="区校历", by=at.officer)  # fmt: skip
    day = date(year, 8, 30)
    assert term_of(day, region=at.county) == (year, Term.AUTUMN)
    assert term_of(day, region=other) == (year - 1, Term.SPRING)
    assert [one.starts_on.day for one in spans(at.county, [year])] == [28, 15]
    assert spans(other, [year])[0].ends_on == date(year + 1, 1, 20)


def test_every_day_falls_in_one_term(at) -> None:
    year = TODAY.year
    keep_term(at.county, year, Term.SPRING, starts_on=date(year + 1, 3, 2), ends_on=date(year + 1, 7, 5), source="校历", by=at.officer)  # fmt: skip
    found = [term_of(date(year, 9, 1) + timedelta(days=step), region=at.county) for step in range(365)]
    assert set(found) == {(year, Term.AUTUMN), (year, Term.SPRING)}
    assert found == sorted(found), "autumn, then spring"


def test_dates_that_can_not_be_and_a_beginning_that_has_passed_are_refused(at) -> None:
    year = TODAY.year + 1
    with pytest.raises(Invalid):
        keep_term(at.county, year, Term.AUTUMN, starts_on=date(year + 1, 9, 1), ends_on=date(year + 2, 1, 20), source="x", by=at.officer)  # fmt: skip
    with pytest.raises(Forbidden):
        keep_term(at.county, year, Term.AUTUMN, starts_on=date(year, 9, 1), ends_on=date(year + 1, 1, 20), source="x", by=at.city_officer)  # fmt: skip
    TermDates.objects.create(region=at.county, year=2024, term=Term.AUTUMN, starts_on=date(2024, 9, 1), ends_on=date(2025, 1, 20), source="x")  # fmt: skip
    with pytest.raises(Invalid):
        keep_term(at.county, 2024, Term.AUTUMN, starts_on=date(2024, 9, 2), ends_on=date(2025, 1, 20), source="x", by=at.officer)  # fmt: skip
    keep_term(at.county, 2024, Term.AUTUMN, starts_on=date(2024, 9, 1), ends_on=date(2025, 1, 25), source="x", by=at.officer)  # fmt: skip


def test_the_pages_show_terms_and_where_a_county_differs(at, signed_in) -> None:
    year = TODAY.year + 1
    address = reverse("office:term", args=[at.county.code, year, "AUTUMN"])
    data = {"starts_on": f"{year}-08-28", "ends_on": f"{year + 1}-01-18", "source": "区校历"}
    assert signed_in(at.officer).post(address, data | {"ends_on": f"{year}-08-01"}).status_code == 422
    assert signed_in(at.officer).post(address, data).status_code == 302
    page = main(signed_in(at.city_officer).get(reverse("office:terms"), {"region": at.city.code}))
    assert f"{at.county.name}不同：{year}-08-28 至 {year + 1}-01-18" in page
    assert "当前" in page


def test_a_year_is_shown_in_months_with_its_holidays_in_words(at, signed_in) -> None:
    client = signed_in(at.inspector)
    page = client.get(reverse("office:calendar-year", args=[2026]))
    assert len(BeautifulSoup(page.content.decode(), "html.parser").select("main table")) == 12
    assert "10-1 — 10-7 国庆节 放假" in main(page)
    assert "调休上班" in main(page)
    client.post(reverse("set_language"), {"language": "en"})
    assert "National Day" in main(client.get(reverse("office:calendar-year", args=[2026])))
    assert client.get(reverse("office:calendar-year", args=[1800])).status_code == 404


def test_a_year_that_is_not_published_says_how_days_are_counted(at, signed_in) -> None:
    last = published_years()[-1]
    said = f"{last + 1} 年节假日安排尚未公布，期限暂按周一至周五计算"
    assert said in main(signed_in(at.officer).get(reverse("office:calendar-year", args=[last + 1])))
    asked = {"on": f"{last + 1}-03-01"}
    assert said in main(signed_in(at.officer).get(reverse("office:rules"), asked))


def test_the_administrator_corrects_a_day_and_deadlines_follow(at, signed_in) -> None:
    monday = date(2035, 6, 4)
    within = Limit(1, DayUnit.WORKING)
    assert last_day(monday - timedelta(days=3), within) == monday
    data = {"day": str(monday), "works": "0", "name": "端午节", "source": "更正"}
    assert signed_in(at.officer).post(reverse("office:calendar-day"), data).status_code == 403
    assert signed_in(at.administrator).post(reverse("office:calendar-day"), data).status_code == 302
    assert last_day(monday - timedelta(days=3), within) == monday + timedelta(days=1)
    assert SpecialDay.objects.get(day=monday).name_en == "Dragon Boat Festival"
    page = signed_in(at.administrator).get(reverse("office:calendar-day"), {"day": str(monday)})
    assert "端午节" in page.content.decode()


def test_a_year_comes_in_from_excel(at) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["日期", "放假或上班", "节日", "依据"])
    for row in (["2036-10-01", "放假", "国庆节"], ["2036年10月2日", "放假", "国庆节"], ["2036/9/28", "上班（调休）", "国庆节"], ["32日", "放假", ""]):  # fmt: skip
        sheet.append([*row, "国务院办公厅关于 2036 年部分节假日安排的通知"])
    buffer = io.BytesIO()
    book.save(buffer)
    importing = of("work-calendar")
    assert importing is not None
    with pytest.raises(Forbidden):
        services.bring_in(SimpleUploadedFile("日历.xlsx", buffer.getvalue()), importing, by=at.officer)
    one = services.bring_in(
        SimpleUploadedFile("日历.xlsx", buffer.getvalue()), importing, by=at.administrator
    )
    running.check(one.pk)
    services.confirm(one, importing, by=at.administrator, only_right=True)
    running.apply(one.pk)
    assert dict(SpecialDay.objects.filter(day__year=2036).values_list("day", "works")) == {
        date(2036, 9, 28): True,
        date(2036, 10, 1): False,
        date(2036, 10, 2): False,
    }
    assert calendar.is_published(2036)


def test_old_english_names_become_chinese_ones(db) -> None:
    module = __import__(
        f"{MIGRATIONS}.0002_offices_set_their_own_level", fromlist=["name_holidays_in_chinese"]
    )
    SpecialDay.objects.create(day=date(2037, 10, 1), works=False, name="National Day", source="x")
    module.name_holidays_in_chinese(apps, None)
    row = SpecialDay.objects.get(day=date(2037, 10, 1))
    assert (row.name, row.name_en) == ("国庆节", "National Day")
