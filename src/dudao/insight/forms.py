"""Whom a monthly report is about, and of which month; and a work of an inspector."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import WorkKind
from dudao.kernel import clock
from dudao.ui.forms import OfficeForm, day

PAPERS = [
    ("report", _("工作月报：逐项列出学校、问题和案例")),
    ("brief", _("领导简报：两三页的数字、各地情况和建议，只写地区")),
]


class MonthlyForm(OfficeForm):
    paper = forms.ChoiceField(label=_("写什么"), choices=PAPERS, initial="report")
    about = forms.ChoiceField(label=_("写谁的月报"))
    month = forms.CharField(
        label=_("月份"), widget=forms.TextInput(attrs={"type": "month", "pattern": r"\d{4}-\d{2}"})
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], latest: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.latest = latest

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("paper") == "brief" and not str(asked.get("about")).startswith("region:"):
            self.add_error("about", _("简报只写一个地区。请选择地区，或改写工作月报。"))
        return asked

    def clean_month(self) -> date:
        try:
            asked = date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(_("请选择月份，例如 2026-09。")) from None
        if not asked.year >= 2000 or asked > self.latest:
            raise forms.ValidationError(_("不能选择还没有到的月份。"))
        return asked


class WorkForm(OfficeForm):
    """A report or study, with its file."""

    kind = forms.ChoiceField(label=_("类型"), choices=WorkKind)
    title = forms.CharField(label=_("题目"), max_length=120)
    on = day(label=_("完成日期"), initial=clock.today)
    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF 或 Word（.docx），不超过 20 MB。"),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的。请重新选择。")},
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".pdf,.docx"}),
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("完成日期不能晚于今天。"))
        return on
