"""What an office types about inspectors and zones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.inspectors.models import AppointedBy, Engagement, Inspector, Zone
from dudao.kernel import clock
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import Kind, Region, Unit
from dudao.ui.forms import KeptForm, OfficeForm, day


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class InspectorForm(KeptForm):
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
        super().__init__(*args, stored=self._stored_of(one) if one else None, **kwargs)
        self.regions = {region.code: region for region in Reach(user, "inspector.manage").regions}
        _offer(self, "region", [(code, region.name) for code, region in self.regions.items()])
        if one is not None:
            del self.fields["username"], self.fields["region"]

    def _stored_of(self, one: Inspector) -> dict[str, Any]:
        facts = {name: getattr(one, name) for name in self.FACTS}
        return facts | {name: getattr(one.user, name) for name in self.PERSONAL}

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


class ZoneForm(KeptForm):
    """A zone's name and lead."""

    name = forms.CharField(label=_("责任区名称"), max_length=60, help_text=_("例如：第一督学责任区"))
    lead = forms.ChoiceField(label=_("责任区组长"), required=False)
    on = day(label=_("起始日期"), initial=clock.today)

    def __init__(
        self, *args: Any, inspectors: list[Inspector], zone: Zone | None = None, **kwargs: Any
    ) -> None:
        held = {"name": zone.name, "lead": str(zone.lead_id or "")} if zone else None
        super().__init__(*args, stored=held, **kwargs)
        self.inspectors = {str(one.pk): one for one in inspectors}
        _offer(self, "lead", [("", "—"), *((key, str(one)) for key, one in self.inspectors.items())])
        if zone is not None:
            del self.fields["on"]

    @property
    def chosen_lead(self) -> Inspector | None:
        return self.inspectors.get(self.cleaned_data["lead"])


class ArrangeForm(OfficeForm):
    """Into which zone the chosen schools go, to whom, or both, and from when. A past day must be meant."""

    zone = forms.ChoiceField(label=_("划入责任区"), required=False)
    inspector = forms.ChoiceField(label=_("由谁负责"), required=False)
    on = day(label=_("生效日期"), initial=clock.today)
    is_backdated = forms.BooleanField(label=_("补录（生效日期早于今天）"), required=False)
    reason = forms.CharField(label=_("补录原因"), max_length=200, required=False)

    def __init__(
        self, *args: Any, zones: list[tuple[str, str]], inspectors: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        unchanged = ("", str(_("不变")))
        _offer(self, "zone", [unchanged, *zones])
        _offer(self, "inspector", [unchanged, *inspectors])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("zone") and not data.get("inspector") and not self.errors:
            raise forms.ValidationError(_("请选择责任区或督学。"))
        if data.get("is_backdated") and not data.get("reason"):
            self.add_error("reason", _("请写明补录原因。"))
        return data

    @property
    def backdating(self) -> str:
        """The reason, when backdating is meant."""
        return self.cleaned_data["reason"] if self.cleaned_data["is_backdated"] else ""


class NarrowForm(OfficeForm):
    """Which schools of the arrangement are shown."""

    SHOW = [
        ("", _("全部学校")),
        ("nobody", _("无人负责")),
        ("no-zone", _("未划入责任区")),
    ]
    q = forms.CharField(max_length=60, required=False)
    kind = forms.ChoiceField(choices=[("", _("全部类型")), *Kind.choices], required=False)
    show = forms.ChoiceField(choices=SHOW, required=False)


class HandOverForm(OfficeForm):
    """To whom, and from when."""

    heir = forms.ChoiceField(label=_("移交给"))
    on = day(label=_("生效日期"), initial=clock.today)

    def __init__(self, *args: Any, inspectors: list[Inspector], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inspectors = {str(one.pk): one for one in inspectors}
        _offer(
            self, "heir", [("", str(_("请选择"))), *((key, str(one)) for key, one in self.inspectors.items())]
        )
