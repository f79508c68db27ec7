"""What the gallery of components shows: every component of the pages, in every state it can have."""

import re
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dudao.kernel import clock
from dudao.ui import looks
from dudao.ui.forms import OfficeForm, day, lines

CHOICES = [("", gettext_lazy("请选择")), ("a", gettext_lazy("第一项")), ("b", gettext_lazy("第二项"))]


class SampleForm(OfficeForm):
    """One field of each sort."""

    text = forms.CharField(label=gettext_lazy("文字"), help_text=gettext_lazy("说明怎么填。"))
    optional = forms.CharField(label=gettext_lazy("选填的文字"), required=False)
    number = forms.IntegerField(label=gettext_lazy("数字"))
    on = day(label=gettext_lazy("日期"))
    one = forms.ChoiceField(label=gettext_lazy("单选"), choices=CHOICES)
    some = forms.MultipleChoiceField(
        label=gettext_lazy("多选"), choices=CHOICES[1:], widget=forms.CheckboxSelectMultiple
    )
    yes = forms.BooleanField(label=gettext_lazy("勾选"), required=False)
    long = lines(3, label=gettext_lazy("多行文字"))
    fixed = forms.CharField(label=gettext_lazy("不可修改"), disabled=True, initial="430211", required=False)


def shown() -> dict[str, Any]:
    """The context of the page."""
    now = clock.now()
    return {
        "kinds": looks.every(),
        "now": now,
        "forms": [
            (_("未填写"), SampleForm(prefix="blank")),
            (_("已填写"), SampleForm(initial=_filled(), prefix="filled")),
            (
                _("有错误"),
                SampleForm({"wrong-number": "x", "wrong-on": "9/1", "wrong-one": "z"}, prefix="wrong"),
            ),
        ],
        "page": Paginator(range(2000), 20).page(50),
        "steps": _steps(),
        "icons": icons(),
        "terms": [(date(2026, 9, 1), None), (date(2026, 9, 1), date(2029, 8, 31))],
    }


def icons() -> list[str]:
    """The names of the sprite; none while the front end is not built."""
    path = finders.find("built/icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(path).read_text()) if path else []


def _filled() -> dict[str, Any]:
    text = _("株洲市天元区白鹤小学")
    return {
        "text": text, "optional": text, "number": 5, "on": clock.today(), "one": "a", "some": ["a", "b"], "yes": True,
        "long": f"{text}\n{text}",
    }  # fmt: skip


def _steps() -> list[SimpleNamespace]:
    """A history as the journal tells it, the newest first."""
    told = [
        (_("已销号"), _("李主任"), ""),
        (_("核查通过"), _("张督学"), _("现场查看，公示栏已建立。")),
        (_("已签收"), "", ""),
    ]
    return [
        SimpleNamespace(
            title=title,
            event=SimpleNamespace(at=clock.now() - timedelta(days=2 * index), actor_label=who, note=note),
        )
        for index, (title, who, note) in enumerate(told)
    ]
