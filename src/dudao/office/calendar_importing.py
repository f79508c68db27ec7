"""A year of the work calendar brought in from the list an office has made of the State Council's notice."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy

from dudao.imports.declared import Found, Importing, Ready, Values, declare
from dudao.imports.fields import Field, day, one_of, text
from dudao.people.models import User
from dudao.rules import calendar
from dudao.rules.models import SpecialDay

WORKS = [("REST", gettext_lazy("放假")), ("WORK", gettext_lazy("上班（调休）"))]


def look_up_days(user: User, rows: Sequence[Values]) -> list[Found]:
    days = [date.fromisoformat(row["day"]) for row in rows if "day" in row]
    stored = {row.day.isoformat(): row for row in SpecialDay.objects.filter(day__in=days)}
    return [Found(_stored(stored.get(row.get("day", "")))) for row in rows]


def _stored(row: SpecialDay | None) -> Values | None:
    if row is None:
        return None
    works = "WORK" if row.works else "REST"
    return {"day": row.day.isoformat(), "works": works, "name": row.name, "source": row.source}


def save_days(user: User, rows: Sequence[Ready]) -> None:
    """A cell left empty keeps what stands there."""
    days = [date.fromisoformat(row.values["day"]) for row in rows]
    stored = {row.day: row for row in SpecialDay.objects.filter(day__in=days)}
    told = []
    for on, row in zip(days, rows, strict=True):
        known = _stored(stored.get(on)) or {}
        one = known | {key: value or "" for key, value in row.values.items()}
        told.append(calendar.Told(on, one["works"] == "WORK", one.get("name", ""), one["source"]))
    calendar.keep_days(told, by=user)


WORK_CALENDAR = declare(
    Importing(
        name="work-calendar",
        title=gettext_lazy("工作日历"),
        capability="calendar.manage",
        identity="day",
        title_field="name",
        look_up=look_up_days,
        save=save_days,
        back="office:calendar",
        back_label=gettext_lazy("工作日历"),
        fields=(
            Field("day", gettext_lazy("日期"), day, required=True, example="2027-10-01"),
            Field("works", gettext_lazy("当天"), one_of(lambda: WORKS), required=True, choices=lambda: WORKS,
                  also=("放假或上班", "类型"), example="放假"),
            Field("name", gettext_lazy("名称"), text(40), also=("节日", "节假日"), example="国庆节"),
            Field("source", gettext_lazy("依据"), text(200), required=True, width=50,
                  help=gettext_lazy("通知的名称和文号"), example="国务院办公厅关于 2027 年部分节假日安排的通知"),
        ),
        notes=(gettext_lazy("只填与平常不同的日子：周一至周五放假的，周六、周日上班的。"),),
    )
)  # fmt: skip
