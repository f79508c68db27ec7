"""What people type about plans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dudao.instruments.queries import current_versions
from dudao.kernel import clock
from dudao.people.models import Grant, User
from dudao.people.roles import Role
from dudao.places.models import Region
from dudao.plans.models import PlanItem
from dudao.rules.models import WordKind
from dudao.rules.queries import offered
from dudao.ui.forms import OfficeForm, day


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
    """Whom to ask along: inspectors of the same region or above it."""

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
        ).exclude(pk=item.inspector_id)
        self.people = {str(one.pk): one for one in people.order_by("name")}
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *((key, one.name) for key, one in self.people.items())]
