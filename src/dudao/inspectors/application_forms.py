"""What an office types on the way from recommendation to appointment."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.appointing import Check
from dudao.inspectors.models import Application, AppointedBy, Degree, Engagement, Inspector, PutForwardBy, Sex
from dudao.kernel import clock
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region
from dudao.rules.models import WordKind
from dudao.rules.queries import offered
from dudao.ui.forms import OfficeForm, day, lines

YOUNGEST, OLDEST = 22, 75
"""Ages between which a birth year is no slip of the pen."""


class ApplicationForm(OfficeForm):
    """A person put forward; `of` is an inspector whose appointment is to be renewed."""

    region = forms.ChoiceField(label=_("聘任机构"))
    put_forward_by = forms.ChoiceField(label=_("推荐方式"), choices=PutForwardBy.choices)
    recommender = forms.CharField(
        label=_("推荐单位"), max_length=100, required=False, help_text=_("单位推荐时填写。")
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices)
    birth_year = forms.IntegerField(label=_("出生年份"), help_text=_("四位数字，例如 1972"))
    degree = forms.ChoiceField(label=_("学历"), choices=Degree.choices, initial=Degree.BACHELOR)
    years_in_education = forms.IntegerField(label=_("从事教育工作年数"), min_value=0, max_value=60)
    employer = forms.CharField(label=_("现工作单位"), max_length=100)
    post = forms.CharField(label=_("现任职务"), max_length=60)
    subjects = forms.CharField(label=_("学科专长"), max_length=100, required=False)
    level = forms.ChoiceField(label=_("拟聘级别"), choices=AppointedBy.choices, initial=AppointedBy.COUNTY)
    engagement = forms.ChoiceField(
        label=_("专兼职"), choices=Engagement.choices, initial=Engagement.PART_TIME
    )
    statement = lines(
        5, label=_("推荐或自荐理由"), max_length=2000, help_text=_("主要经历和工作实绩，2000 字以内。")
    )

    def __init__(self, *args: Any, user: User, of: Inspector | None = None, **kwargs: Any) -> None:
        if of is not None:
            kwargs["initial"] = {
                "name": of.user.name, "employer": of.employer, "subjects": of.subjects, "level": of.level,
                "engagement": of.engagement,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.regions = {one.code: one for one in Reach(user, "inspector.manage").regions}
        region = self.fields["region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = [(code, one.name) for code, one in self.regions.items()]
        if of is not None:
            del self.fields["region"]
            self.fields["name"].disabled = True

    def clean_birth_year(self) -> int:
        year: int = self.cleaned_data["birth_year"]
        this = clock.today().year
        if not this - OLDEST <= year <= this - YOUNGEST:
            raise forms.ValidationError(
                _("请核对出生年份，应在 %(first)d 至 %(last)d 之间。"),
                params={"first": this - OLDEST, "last": this - YOUNGEST},
            )
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("put_forward_by") == PutForwardBy.UNIT and not data.get("recommender"):
            self.add_error("recommender", _("请填写推荐单位。"))
        return data

    @property
    def chosen_region(self) -> Region:
        return self.regions[self.cleaned_data["region"]]

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "region"}


class SeenForm(OfficeForm):
    """A move says what the person saw, so that a move on an older picture is refused."""

    seen = forms.CharField(widget=forms.HiddenInput)


class NoteForm(SeenForm):
    """A move with its reason."""

    note = lines(3, label=_("原因"), max_length=1000)


class ReviewForm(SeenForm):
    """Each condition of office in force: met or not, with a remark."""

    MET = [("yes", _("符合")), ("no", _("不符合"))]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conditions = offered(WordKind.CONDITION)
        for word in self.conditions:
            self.fields[word.key] = forms.ChoiceField(
                label=word.label, choices=self.MET, widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                error_messages={"required": _("请选择符合或不符合。")},
            )  # fmt: skip
            self.fields[f"{word.key}_remark"] = forms.CharField(
                label=_("说明"), max_length=200, required=False,
                widget=forms.TextInput(attrs={"class": "form-control", "placeholder": _("说明（不符合时必填）")}),
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[word.key], self[f"{word.key}_remark"]) for word in self.conditions]

    def checks(self) -> Sequence[Check]:
        data = self.cleaned_data
        return [
            Check(word.key, word.zh, data[word.key] == "yes", data[f"{word.key}_remark"])
            for word in self.conditions
        ]


class PublishForm(SeenForm):
    """Where to object."""

    contact = forms.CharField(
        label=_("受理异议的电话"), max_length=40, help_text=_("公开显示，请填办公电话。")
    )


class AppointForm(SeenForm):
    """From when, and for a new inspector the account."""

    starts_on = day(label=_("聘期开始"), initial=clock.today, help_text=_("结束日期按规则自动计算。"))
    username = forms.RegexField(
        r"^[0-9A-Za-z._-]{3,60}$", label=_("账号"), help_text=_("登录用，可用手机号。已有账号的人填原账号。"),
        error_messages={"invalid": _("请用 3 位以上的数字、字母、点、横线。")},
    )  # fmt: skip
    certificate_no = forms.CharField(label=_("督学证号"), max_length=40, required=False)

    def __init__(self, *args: Any, one: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if one.inspector_id:
            del self.fields["username"], self.fields["certificate_no"]


class ObjectionForm(OfficeForm):
    """An objection as it was received."""

    received_on = day(label=_("收到日期"), initial=clock.today)
    text = lines(
        3, label=_("异议内容"), max_length=2000, help_text=_("只写事实，不写提出人的姓名和联系方式。")
    )


class DecideForm(OfficeForm):
    """What checking an objection brought to light."""

    verdict = forms.ChoiceField(
        label=_("核实结果"), choices=[("", _("请选择")), ("no", _("异议不成立")), ("yes", _("异议成立"))]
    )
    outcome = lines(3, label=_("核实情况"), max_length=2000)
