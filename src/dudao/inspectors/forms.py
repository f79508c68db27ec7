"""What an office types about inspectors and zones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import AppointedBy, Engagement, Inspector
from dudao.kernel import clock
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Region, Unit
from dudao.ui.forms import OfficeForm, day


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class InspectorForm(OfficeForm):
    """An inspector. A new one brings an account, whose first password the office sets on the accounts page."""

    username = forms.RegexField(
        r"^[0-9A-Za-z._-]{3,60}$", label=_("账号"), help_text=_("登录用，可用手机号。已有账号的人填原账号。"),
        error_messages={"invalid": _("请用 3 位以上的数字、字母、点、横线。")},
    )  # fmt: skip
    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("手机"), max_length=20, required=False, help_text=_("只有督导机构可见。"))
    public_phone = forms.CharField(
        label=_("公示电话"), max_length=20, required=False, help_text=_("印在学校公示牌上。")
    )
    certificate_no = forms.CharField(label=_("督学证号"), max_length=40, required=False)
    region = forms.ChoiceField(label=_("聘任机构"))
    engagement = forms.ChoiceField(label=_("专兼职"), choices=Engagement.choices)
    level = forms.ChoiceField(label=_("督学级别"), choices=AppointedBy.choices, initial=AppointedBy.COUNTY)
    employer = forms.CharField(label=_("工作单位"), max_length=100, required=False)
    subjects = forms.CharField(label=_("学科专长"), max_length=100, required=False)

    FACTS = ("engagement", "level", "employer", "subjects", "public_phone")
    PERSONAL = ("name", "phone", "certificate_no")

    def __init__(self, *args: Any, user: User, one: Inspector | None = None, **kwargs: Any) -> None:
        if one is not None:
            kwargs["initial"] = {name: getattr(one, name) for name in self.FACTS} | {
                name: getattr(one.user, name) for name in self.PERSONAL
            }
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in Reach(user, "inspector.manage").regions}
        _offer(self, "region", [(code, region.name) for code, region in self.regions.items()])
        if one is not None:
            del self.fields["username"], self.fields["region"]

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FACTS}

    def personal(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.PERSONAL}


class PhotoForm(OfficeForm):
    """A photo of the person."""

    photo = forms.FileField(
        label=_("照片"),
        help_text=_("近期正面免冠照片，JPG、PNG 或 HEIC，不超过 10 MB。"),
        error_messages={"empty": _("文件是空的。请重新选择。")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,.heic"}),
    )


class TermForm(OfficeForm):
    """The beginning of a term; its end follows from the rule."""

    starts_on = day(label=_("聘期开始"), initial=clock.today, help_text=_("结束日期按规则自动计算。"))


class TrainingForm(OfficeForm):
    """One training."""

    on = day(label=_("日期"), initial=clock.today)
    hours = forms.DecimalField(label=_("学时"), min_value=0, max_value=400, max_digits=5, decimal_places=1)
    title = forms.CharField(label=_("培训内容"), max_length=120)


class TieForm(OfficeForm):
    """A tie to a unit."""

    unit = forms.ChoiceField(label=_("须回避的单位"))
    reason = forms.CharField(
        label=_("回避原因"), max_length=120, help_text=_("例如：曾任该校校长、近亲属在该校任职")
    )

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(region__path__startswith=region.path, is_open=True).order_by("name")
        _offer(self, "unit", [(str(pk), name) for pk, name in units.values_list("pk", "name")])


class LeaveForm(OfficeForm):
    """The last day."""

    on = day(label=_("离任日期"), initial=clock.today)


class ZoneForm(OfficeForm):
    """A zone's name and lead."""

    name = forms.CharField(label=_("责任区名称"), max_length=60, help_text=_("例如：第一督学责任区"))
    lead = forms.ChoiceField(label=_("责任区组长"), required=False)
    on = day(label=_("起始日期"), initial=clock.today)

    def __init__(self, *args: Any, inspectors: list[Inspector], is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inspectors = {str(one.pk): one for one in inspectors}
        _offer(self, "lead", [("", "—"), *((key, str(one)) for key, one in self.inspectors.items())])
        if not is_new:
            del self.fields["on"]

    @property
    def chosen_lead(self) -> Inspector | None:
        return self.inspectors.get(self.cleaned_data["lead"])


class ArrangeForm(OfficeForm):
    """What to do with the chosen schools, and from when. `to` is a zone ("zone:…") or an inspector ("inspector:…")."""

    on = day(label=_("生效日期"), initial=clock.today)
    to = forms.ChoiceField(label=_("安排"))

    def __init__(self, *args: Any, targets: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *targets]


class HandOverForm(OfficeForm):
    """To whom, and from when."""

    heir = forms.ChoiceField(label=_("移交给"))
    on = day(label=_("生效日期"), initial=clock.today)

    def __init__(self, *args: Any, inspectors: list[Inspector], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inspectors = {str(one.pk): one for one in inspectors}
        _offer(self, "heir", [(key, str(one)) for key, one in self.inspectors.items()])
