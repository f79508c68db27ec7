"""What an office types about a unit."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dudao.inspections.models import Visit
from dudao.kernel import clock
from dudao.people.models import User
from dudao.people.reach import Reach
from dudao.places.models import (
    Delivery,
    Institution,
    Kind,
    Level,
    Ownership,
    Region,
    Standing,
    SubjectClass,
    Turn,
    TurnKind,
    Unit,
    UnitYear,
)
from dudao.ui.forms import KeptForm, OfficeForm, day, dress


class UnitForm(KeptForm):
    """The facts of a unit. Its code, and later its name, change in ways of their own."""

    code = forms.RegexField(
        r"^[0-9A-Za-z-]{4,20}$", label=_("单位代码"), help_text=_("学校标识码或统一社会信用代码，全国唯一"),
        error_messages={"invalid": _("请填写 4 至 20 位数字或字母，例如 2143000123。")},
    )  # fmt: skip
    name = forms.CharField(label=_("名称"), max_length=100, help_text=_("单位全称"))
    kind = forms.ChoiceField(label=_("类型"), choices=[("", _("请选择")), *Kind.choices])
    ownership = forms.ChoiceField(label=_("性质"), choices=Ownership.choices)
    region = forms.ChoiceField(label=_("所属区县"), help_text=_("由谁督导。市直属学校选市。"))
    stands_in = forms.ChoiceField(label=_("所在区县"), required=False, help_text=_("只有市直属学校需要选。"))
    address = forms.CharField(label=_("地址"), max_length=200, required=False)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=3, max_value=54)
    lng = forms.FloatField(label=_("经度"), required=False, min_value=73, max_value=136)
    pupils = forms.IntegerField(label=_("学生数"), required=False, min_value=0, max_value=100_000)
    head_name = forms.CharField(label=_("负责人"), max_length=40, required=False)
    liaison_name = forms.CharField(label=_("督导联络员"), max_length=40, required=False)
    liaison_phone = forms.CharField(label=_("联络电话"), max_length=20, required=False)

    def __init__(self, *args: Any, user: User, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, stored=_stored(unit) if unit else None, **kwargs)
        regions = Reach(user, "unit.manage").regions
        self.regions = {region.code: region for region in regions}
        names = [(region.code, region.name) for region in regions]
        self._choose("region", names)
        self._choose(
            "stands_in", [("", "—"), *((r.code, r.name) for r in regions if r.level == Level.COUNTY)]
        )
        if unit is not None:
            for key in ("code", "name", "region"):
                del self.fields[key]
        if not any(region.level == Level.CITY for region in regions):
            del self.fields["stands_in"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def facts(self) -> dict[str, Any]:
        """The fields as `places.services` takes them."""
        facts = dict(self.cleaned_data)
        for key in ("region", "stands_in"):
            if key in facts:
                facts[key] = self.regions.get(facts[key])
        if "pupils" in facts:
            facts["pupils"] = facts["pupils"] or 0
        return facts


def _stored(unit: Unit) -> dict[str, Any]:
    names = (
        "kind", "ownership", "address", "lat", "lng", "pupils", "head_name", "liaison_name", "liaison_phone",
    )  # fmt: skip
    stands_in = unit.stands_in.code if unit.stands_in else ""
    return {"stands_in": stands_in} | {name: getattr(unit, name) for name in names}


class InstitutionForm(KeptForm):
    """What only a training institution has."""

    subject_class = forms.ChoiceField(label=_("培训类别"), choices=SubjectClass.choices)
    delivery = forms.ChoiceField(label=_("培训形式"), choices=Delivery.choices)
    standing = forms.ChoiceField(label=_("机构状态"), choices=Standing.choices)
    licence_no = forms.CharField(label=_("办学许可证号"), max_length=40, required=False)
    licence_until = day(label=_("许可证有效期至"), required=False)
    fees = forms.CharField(label=_("收费标准"), max_length=200, required=False)
    opening_hours = forms.CharField(label=_("培训时段"), max_length=200, required=False)

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        one = Institution.objects.filter(unit=unit).first()
        names = [name for name in self.base_fields if name != "seen"] if one else []
        super().__init__(*args, stored={name: getattr(one, name) for name in names}, **kwargs)


class YearForm(KeptForm):
    """One school year's figures."""

    year = forms.IntegerField(
        label=_("学年"),
        min_value=2000,
        max_value=2100,
        help_text=_("填学年开始的年份，例如 2026 表示 2026—2027 学年"),
    )
    pupils = forms.IntegerField(label=_("学生数"), min_value=0, max_value=100_000)
    classes = forms.IntegerField(label=_("班级数"), min_value=0, max_value=2_000)
    teachers = forms.IntegerField(label=_("专任教师数"), min_value=0, max_value=10_000)
    boarders = forms.IntegerField(label=_("寄宿生数"), min_value=0, max_value=100_000)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("boarders", 0) > found.get("pupils", 100_000):
            self.add_error("boarders", _("寄宿生数不能多于学生数。"))
        return found


class _OneOfMany(forms.ChoiceField):
    """One choice, given as the list that its place asks for."""

    def clean(self, value: Any) -> list[str]:
        return [super().clean(value)]


class TurnForm(OfficeForm):
    """A turn in a unit's history: which fields it asks depends on what happened."""

    name = forms.CharField(label=_("新名称"), max_length=100)
    region = forms.ChoiceField(label=_("改由谁督导"))
    into = forms.MultipleChoiceField(
        label=_("分设为"), widget=forms.SelectMultiple(attrs={"class": "form-select", "size": 8}),
        help_text=_("按住 Ctrl 可选多所。新设的学校请先新增。"),
    )  # fmt: skip
    on = day(label=_("日期"))
    basis = forms.CharField(label=_("依据"), max_length=200, help_text=_("批复、通知的文号或名称"))

    ASKS = {
        TurnKind.RENAMED: ("name",),
        TurnKind.MOVED: ("region",),
        TurnKind.MERGED: ("into",),
        TurnKind.SPLIT: ("into",),
        TurnKind.CLOSED: (),
        TurnKind.REOPENED: (),
    }

    def __init__(self, *args: Any, kind: str, unit: Unit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.ASKS[TurnKind(kind)]
        reach = Reach(user, "unit.manage")
        for name in ("name", "region", "into"):
            if name not in asked:
                del self.fields[name]
        if "region" in asked:
            others = [(region.code, region.name) for region in reach.regions if region != unit.region]
            self._choices("region", others)
        if kind == TurnKind.MERGED:
            self.fields["into"] = _OneOfMany(label=_("并入"))
            dress(self.fields["into"])
        if "into" in asked:
            near = Unit.objects.filter(region__in=reach.regions, is_open=True).exclude(pk=unit.pk)
            names = [(str(pk), name) for pk, name in near.values_list("pk", "name")]
            self._choices("into", [("", str(_("请选择"))), *names] if kind == TurnKind.MERGED else names)
        self._unit, self._ends = unit, TurnKind(kind) in (TurnKind.MERGED, TurnKind.SPLIT, TurnKind.CLOSED)

    def clean_on(self) -> date:
        """Never before what is known to have been later."""
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("日期在今天之后。请在当天或之后登记。"))
        turn = Turn.objects.filter(unit=self._unit).order_by("-on").first()
        if turn and on < turn.on:
            told = {"day": turn.on, "what": turn.get_kind_display()}
            raise forms.ValidationError(_("%(day)s 已登记“%(what)s”，日期不能早于这一天。") % told)
        visit = Visit.objects.filter(unit=self._unit).order_by("-started_at").first() if self._ends else None
        if visit and on < (last := timezone.localdate(visit.started_at)):
            raise forms.ValidationError(
                _("这个单位 %(day)s 还有督导记录，日期不能早于这一天。") % {"day": last}
            )
        return on

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class RegionForm(KeptForm):
    """How the region's inspection office is named in its documents."""

    office = forms.CharField(
        label=_("督导机构全称"),
        max_length=80,
        help_text=_("用于文书的发文机关，例如：天元区人民政府教育督导室"),
    )
    office_mark = forms.CharField(label=_("机关代字"), max_length=20, help_text=_("用于文号，例如：株天教督"))
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)


class AreaForm(OfficeForm):
    """A functional area under a city."""

    code = forms.RegexField(r"^[0-9A-Z]{6,12}$", label=_("代码"), help_text=_("自编，6 至 12 位数字或大写字母，不与国家区划代码相同"),
                            error_messages={"invalid": _("请填写 6 至 12 位数字或大写字母。")})  # fmt: skip
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如：云龙示范区"))
    parent = forms.ChoiceField(label=_("所属城市"))

    def __init__(self, *args: Any, cities: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(city.code, city.name) for city in cities]


def newest_year(unit: Unit) -> dict[str, Any]:
    """The newest year's figures to begin with."""
    last = UnitYear.objects.filter(unit=unit).first()
    return (
        {}
        if last is None
        else {key: getattr(last, key) for key in ("year", "pupils", "classes", "teachers", "boarders")}
    )
