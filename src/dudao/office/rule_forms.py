"""What an office types about rules, terms, the work calendar and words."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.rules.deadlines import ProblemKind
from dudao.rules.kinds import HOURS, Kind, kind_of
from dudao.rules.models import Mark, Rule, Term, TermDates, Word, WordKind
from dudao.rules.queries import offered, words
from dudao.ui.forms import KeptForm, OfficeForm, day, dress

DAY_UNITS = [("working", _("工作日")), ("natural", _("自然日"))]
_SOURCE = _("文件名称、文号和条款")


class RuleForm(KeptForm):
    """A new value of one rule: which fields it asks depends on the rule's kind."""

    days = forms.IntegerField(label=_("天数"), min_value=0, max_value=3650, help_text=_("0 表示当天。"))
    unit = forms.ChoiceField(
        label=_("怎么算"), choices=DAY_UNITS, help_text=_("工作日按国务院公布的节假日和调休计算。")
    )
    minutes = forms.IntegerField(label=_("分钟"), min_value=0, max_value=1440)
    number = forms.IntegerField(label=_("数值"), min_value=0, max_value=100_000)
    month_day = forms.RegexField(r"^\d{2}-\d{2}$", label=_("月-日"), help_text=_("例如 09-01"),
                                 error_messages={"invalid": _("请填写月和日，例如 09-01。")})  # fmt: skip
    keys = forms.MultipleChoiceField(
        label=_("包括"), required=False, widget=forms.SelectMultiple(attrs={"class": "form-select", "size": 5}),
        help_text=_("按住 Ctrl 可选多项，也可以都不选。"),
    )  # fmt: skip
    starts_on = day(
        label=_("从哪天起执行"), help_text=_("今天或以后。生效之前可以撤回，生效之后只能另设新值。")
    )
    source = forms.CharField(label=_("依据"), max_length=300, help_text=_SOURCE)
    source_en = forms.CharField(label=_("英文依据"), max_length=300, required=False)
    mark = forms.ChoiceField(label=_("可靠程度"), choices=Mark.choices)

    ASKS = {
        Kind.DAYS: ("days", "unit"),
        Kind.MINUTES: ("minutes",),
        Kind.NUMBER: ("number",),
        Kind.MONTH_DAY: ("month_day",),
        Kind.LIST: ("keys",),
    }

    def __init__(self, *args: Any, now: Rule, **kwargs: Any) -> None:
        self.kind = kind_of(now.value)
        tomorrow = clock.today() + timedelta(days=1)
        kwargs["initial"] = {"starts_on": tomorrow, "mark": Mark.SOURCE}
        super().__init__(*args, stored=_typed(self.kind, now.value), **kwargs)
        for kind, names in self.ASKS.items():
            for name in names if kind is not self.kind else ():
                del self.fields[name]
        if now.key in HOURS:
            self.fields["number"] = forms.IntegerField(label=_("几点（0 至 24）"), min_value=0, max_value=24)
            dress(self.fields["number"])
        keys = self.fields.get("keys")
        if isinstance(keys, forms.MultipleChoiceField):
            keys.choices = [(word.key, word.label) for word in offered(WordKind.SEVERITY)]

    def clean_month_day(self) -> str:
        typed: str = self.cleaned_data["month_day"]
        try:
            date.fromisoformat(f"2023-{typed}")
        except ValueError:
            raise forms.ValidationError(_("没有这一天。")) from None
        return typed

    def value(self) -> Any:
        """The value as it is stored."""
        got = self.cleaned_data
        if self.kind is Kind.DAYS:
            return {"days": got["days"], "unit": got["unit"]}
        if self.kind is Kind.MINUTES:
            return {"minutes": got["minutes"]}
        if self.kind is Kind.MONTH_DAY:
            return {"starts": got["month_day"]}
        return got["number"] if self.kind is Kind.NUMBER else got["keys"]


def _typed(kind: Kind, value: Any) -> dict[str, Any]:
    """A stored value as the form's fields begin with it."""
    if kind is Kind.NUMBER:
        return {"number": value}
    if kind is Kind.LIST:
        return {"keys": value}
    return {"month_day": value["starts"]} if kind is Kind.MONTH_DAY else dict(value)


class DeadlineForm(RuleForm):
    """The time to rectify of one kind of problem: of which, then as any rule in days.

    What the person saw is not carried along: choosing another kind changes what there is to compare with, and each value
    begins on a day of its own.
    """

    severity = forms.ChoiceField(label=_("严重程度"))
    category = forms.ChoiceField(
        label=_("问题类别"), required=False,
        help_text=_("某一类的期限优先于“未单独规定的类别”的期限，不论由哪一级设定。"),
    )  # fmt: skip

    field_order = ("severity", "category")

    def __init__(self, *args: Any, kind: ProblemKind, now: Rule, **kwargs: Any) -> None:
        super().__init__(*args, now=now, **kwargs)
        del self.fields["seen"]
        self.initial = {**self.initial, **kind._asdict()}
        severity, category = self.fields["severity"], self.fields["category"]
        assert isinstance(severity, forms.ChoiceField)
        assert isinstance(category, forms.ChoiceField)
        severity.choices = [(word.key, word.label) for word in offered(WordKind.SEVERITY)]
        listed = [word for word in words(WordKind.CATEGORY) if word.is_active or word.key == kind.category]
        category.choices = [("", _("未单独规定的类别")), *((word.key, word.label) for word in listed)]

    def problem_kind(self) -> ProblemKind:
        return ProblemKind(self.cleaned_data["severity"], self.cleaned_data["category"])


class EndForm(OfficeForm):
    """Until when the own value holds; from then on the level above."""

    last_on = day(label=_("本级规定执行到"), help_text=_("含当天。次日起执行上级规定。"))


class TermForm(KeptForm):
    """The dates of one term."""

    starts_on = day(label=_("开学日期"))
    ends_on = day(label=_("放假日期"), help_text=_("学期最后一天"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("校历的文号或名称"))

    def __init__(self, *args: Any, stored: TermDates | None, year: int, term: Term, **kwargs: Any) -> None:
        first = date(year, 9, 1) if term is Term.AUTUMN else date(year + 1, 3, 1)
        last = date(year + 1, 1, 20) if term is Term.AUTUMN else date(year + 1, 7, 5)
        names = ("starts_on", "ends_on", "source")
        kwargs["initial"] = {} if stored else {"starts_on": first, "ends_on": last}
        held = {name: getattr(stored, name) for name in names} if stored else {}
        super().__init__(*args, stored=held, **kwargs)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("starts_on") and found.get("ends_on") and found["ends_on"] <= found["starts_on"]:
            self.add_error("ends_on", _("放假日期要在开学日期之后。"))
        return found


class DayForm(OfficeForm):
    """One day of the work calendar."""

    day = day(label=_("日期"))
    works = forms.ChoiceField(label=_("当天"), choices=[("0", _("放假")), ("1", _("上班（调休）"))])
    name = forms.CharField(label=_("名称"), max_length=40, required=False, help_text=_("例如：国庆节"))
    source = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("例如：国务院办公厅关于 2027 年部分节假日安排的通知")
    )


class WordForm(KeptForm):
    """A word in both languages."""

    zh = forms.CharField(label=_("中文"), max_length=80)
    en = forms.CharField(
        label=_("英文"), max_length=80, required=False, help_text=_("不填时，英文界面显示中文。")
    )
    is_active = forms.BooleanField(
        label=_("供选择"), required=False, help_text=_("隐藏后不再供选择，已有记录照常显示。")
    )

    def __init__(self, *args: Any, word: Word | None, is_fixed: bool, **kwargs: Any) -> None:
        held = {"zh": word.zh, "en": word.en, "is_active": word.is_active} if word else None
        super().__init__(*args, stored=held, **kwargs)
        if word is None or is_fixed:
            del self.fields["is_active"]
