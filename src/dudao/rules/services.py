"""Loading the rules a new deployment starts with."""

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from django.db import transaction

from dudao.rules.calendar import HOLIDAYS
from dudao.rules.models import Rule, SpecialDay, Word

SEED = Path(__file__).parent / "seed"
WORDS = ("words.json", "matters.json")
CALENDAR_SOURCE = "国务院办公厅关于部分节假日安排的通知"


@transaction.atomic
def load_defaults() -> None:
    """Add the rules, words and calendar that are not there yet. What an office has changed stays as it is."""
    for row in json.loads((SEED / "rules.json").read_text("utf-8")):
        Rule.objects.get_or_create(
            key=row["key"], region=None, starts_on=date.fromisoformat(row.pop("starts_on")), defaults=row
        )
    for file in WORDS:
        for kind, words in json.loads((SEED / file).read_text("utf-8")).items():
            for position, (key, zh, en) in enumerate(words):
                Word.objects.get_or_create(
                    kind=kind, key=key, defaults={"zh": zh, "en": en, "position": position}
                )
    load_calendar(clock_year_from=2024)


def load_calendar(*, clock_year_from: int) -> int:
    """Seed the State Council's holidays and make-up days for every year the calendar package knows."""
    known = max(chinese_calendar.holidays).year
    rows = []
    for year in range(clock_year_from, known + 1):
        day = date(year, 1, 1)
        while day.year == year:
            works = chinese_calendar.is_workday(day)
            if works != (day.weekday() < 5):
                english = str(chinese_calendar.get_holiday_detail(day)[1] or "")
                name = HOLIDAYS.get(english, english)
                rows.append(
                    SpecialDay(day=day, works=works, name=name, name_en=english, source=CALENDAR_SOURCE)
                )
            day += timedelta(days=1)
    SpecialDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
