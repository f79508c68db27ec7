"""What people type about plans."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dudao.instruments.queries import current_versions
from dudao.kernel import clock
from dudao.people.models import Assignment, Grant, User
from dudao.people.roles import Role
from dudao.places.models import Region, Unit
from dudao.plans.models import PlanItem
from dudao.rules.models import WordKind
from dudao.rules.queries import offered
from dudao.ui.forms import OfficeForm, day, dress


class MonthForm(OfficeForm):
    """What a month is about."""

    themes = forms.MultipleChoiceField(
        label=_("督导主题"), required=False, widget=forms.CheckboxSelectMultiple
    )
    subject = forms.CharField(
        label=_("本月重点"), max_length=200, required=False, help_text=_("例如：“双减”作业管理、开学安全")
    )
    instruments = forms.MultipleChoiceField(
        label=_("督导量表"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("督学到校时手机上优先列出这些量表。"),
    )  # fmt: skip

    def __init__(self, *args: Any, region: Region, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("themes", [(word.key, f"{word.key} {word.label}") for word in offered(WordKind.THEME)])
        self._offer("instruments", [(one.definition.key, one.title) for one in current_versions(region)])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices


class DayForm(OfficeForm):
    """When an item is to be done."""

    planned_on = day(label=_("计划日期"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class InviteForm(OfficeForm):
    """Whom to ask along: inspectors of the same region or above it who were not asked yet."""

    user = forms.ChoiceField(label=_("邀请哪位督学"))

    def __init__(self, *args: Any, item: PlanItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        path = item.unit.region.path
        above = [path[: end + 1] for end, mark in enumerate(path) if mark == "/"]
        serving = Grant.objects.in_force(clock.today()).filter(role=Role.INSPECTOR)
        people = User.objects.filter(
            inspector__region__path__in=above,
            inspector__left_on__isnull=True,
            pk__in=serving.values("user_id"),
        ).exclude(Q(pk=item.inspector_id) | Q(pk__in=item.invitations.values("user_id")))
        self.people = {str(one.pk): one for one in people.order_by("name")}
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *((key, one.name) for key, one in self.people.items())]


class TermPlanForm(OfficeForm):
    """A term's focus and the day of every item that is not done; `proposed` days stand in until they are saved."""

    focus = forms.CharField(
        label=_("本学期重点"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("一两句话：这一学期重点督导什么。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, items: Sequence[Any], proposed: Mapping[UUID, date] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = {f"day-{item.pk}": item for item in items if not item.is_done}
        for name, item in self.items.items():
            field = day(label=item.unit.name, required=False)
            field.initial = item.planned_on or (proposed or {}).get(item.pk)
            field.widget.attrs |= {
                "min": str(item.month),
                "max": str(item.month_after - timedelta(days=1)),
                "aria-label": f"{item.unit.name} {item.month:%Y-%m}",
            }
            dress(field)
            self.fields[name] = field

    def field_of(self, item: Any) -> Any:
        """The bound field of an item, or nothing where it is done."""
        name = f"day-{item.pk}"
        return self[name] if name in self.items else None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name, item in self.items.items():
            on = data.get(name)
            if on is not None and not item.month <= on < item.month_after:
                self.add_error(name, _("日期要在 %(month)s 之内。") % {"month": f"{item.month:%Y-%m}"})
        return data

    def days(self) -> dict[UUID, date | None]:
        """Item → its day; a field the page did not send is left alone."""
        return {item.pk: self.cleaned_data[name] for name, item in self.items.items() if name in self.data}


class ReturnForm(OfficeForm):
    """Why a plan goes back."""

    reason = forms.CharField(label=_("退回原因"), max_length=300)


class DaysForm(OfficeForm):
    """One day for several items."""

    planned_on = day(label=_("计划日期"))
    chosen = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, items: Sequence[PlanItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(item.pk), "") for item in items]


class AddForm(OfficeForm):
    """A unit put into the plan by hand. An inspector adds for herself; an office chooses for whom."""

    unit = forms.CharField(
        label=_("学校或机构"), max_length=100, help_text=_("输入名称或单位代码；幼儿园、培训机构也可以。"),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip
    inspector = forms.ChoiceField(label=_("由谁督导"), required=False)
    month = forms.CharField(label=_("月份"), widget=forms.TextInput(attrs={"type": "month"}))
    planned_on = day(label=_("计划日期"), required=False, help_text=_("可以以后再定。"))
    note = forms.CharField(
        label=_("说明"), max_length=200, required=False, help_text=_("例如：开学检查、群众反映")
    )

    unannounced = forms.BooleanField(
        label=_("不打招呼（四不两直）"), required=False,
        help_text=_("到校亮证以前，只有督导的人、同行督学和安排的人看得到这一项。"),
    )  # fmt: skip

    def __init__(
        self, *args: Any, units: Sequence[Unit], inspectors: Sequence[User] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units, self.inspectors = units, {str(one.pk): one for one in inspectors or ()}
        field = self.fields["inspector"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("该校的责任督学")),
            *((key, one.name) for key, one in self.inspectors.items()),
        ]
        if inspectors is None:
            del self.fields["inspector"]

    def clean_unit(self) -> Unit:
        text = self.cleaned_data["unit"].strip()
        found = [unit for unit in self.units if text in (unit.code, unit.name)]
        if len(found) > 1:
            raise forms.ValidationError(_("有几个单位同名，请填单位代码。"))
        if not found:
            raise forms.ValidationError(_("您的范围内没有这个单位，请从提示中选择。"))
        return found[0]

    def clean_month(self) -> date:
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError as error:
            raise forms.ValidationError(_("请填写月份，例如 2026-09。")) from error

    def clean(self) -> dict[str, Any]:
        """Without a chosen inspector, the one responsible for the unit."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "inspector" not in self.fields or "unit" not in data:
            return data
        data["person"] = self.inspectors.get(data.get("inspector", ""))
        if data["person"] is None:
            running = Assignment.objects.in_force(clock.today()).filter(unit=data["unit"])
            first = running.select_related("inspector").order_by("pk").first()
            data["person"] = first.inspector if first else None
        if data["person"] is None:
            self.add_error("inspector", _("这个单位还没有责任督学，请选择由谁督导。"))
        return data
