"""The steps of a plan as somebody types them: rows of a day and what is done by then."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from dudao.findings.asking import MOST_STEPS, Step
from dudao.kernel.text import clean

BLANK_ROWS = 3
LONGEST = 200
_NAME = re.compile(r"-(\d{1,3})-(?:day|title)$")


class Row(NamedTuple):
    """One row as typed."""

    day: str = ""
    title: str = ""


class Rows(list[Row]):
    """Rows as typed; in a line of text, those that say something."""

    def __str__(self) -> str:
        return "\n".join(f"{one.day} {one.title}".strip() for one in self if any(one))

    def padded(self, *, more: int = 0) -> "Rows":
        """With blank rows to type into: at least BLANK_ROWS in all, and `more`, up to what a plan may have."""
        wanted = max(len(self) + more, BLANK_ROWS)
        return Rows([*self, *[Row()] * (min(wanted, MOST_STEPS) - len(self))])


class RowsInput(forms.Widget):
    """Reads fields `name-0-day`, `name-0-title`, `name-1-day` …; findings/_steps.html writes them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Rows:
        numbers = {
            int(found[1]) for key in data if key.startswith(f"{name}-") and (found := _NAME.search(key))
        }
        return Rows(
            Row(data.get(f"{name}-{n}-day", "").strip(), data.get(f"{name}-{n}-title", "").strip())
            for n in sorted(numbers)
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)


class StepsField(forms.Field):
    """Steps in rows; an empty row counts for nothing. Cleaned to a list of `Step`."""

    widget = RowsInput

    def clean(self, value: Sequence[Row]) -> list[Step]:
        steps = [self._step(n, row) for n, row in enumerate(value, start=1) if any(row)]
        if not steps:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return steps

    def _step(self, n: int, row: Row) -> Step:
        try:
            on = parse_date(row.day.replace("/", "-").replace(".", "-"))
        except ValueError:
            on = None
        title = clean(row.title)
        if on is None:
            raise forms.ValidationError(_("第 %(n)d 行：请填写日期，如 2026-10-15。"), params={"n": n})
        if not title:
            raise forms.ValidationError(_("第 %(n)d 行：请填写到那天完成什么。"), params={"n": n})
        if len(title) > LONGEST:
            raise forms.ValidationError(
                _("第 %(n)d 行太长，一个节点最多 %(most)d 字。"), params={"n": n, "most": LONGEST}
            )
        return Step(title, on)
