"""What an office types about accounts and grants."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dudao.kernel import clock
from dudao.people.access import region_scope, unit_scope
from dudao.people.authority import Authority, Scope, Span
from dudao.people.models import Grant, User
from dudao.people.roles import PLACES, Role
from dudao.places.models import Level, Region, Unit
from dudao.ui.forms import KeptForm, OfficeForm, day

MOST_OFFERED = 300


class PersonForm(KeptForm):
    """What is known of a person."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)
    title = forms.CharField(label=_("职务"), max_length=60, required=False)
    certificate_no = forms.CharField(label=_("督学证号"), max_length=40, required=False)

    PERSONAL = ("name", "phone", "title", "certificate_no")

    def __init__(
        self, *args: Any, account: User | None = None, has_phone: bool = True, **kwargs: Any
    ) -> None:
        """Without `has_phone` the number is neither shown nor changed: whoever corrects a name need not see it."""
        stored = {name: getattr(account, name) for name in self.PERSONAL} if account else None
        super().__init__(*args, stored=stored, **kwargs)
        if not has_phone:
            del self.fields["phone"]

    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.PERSONAL if name in self.fields}


def _has_office(county: Region) -> bool:
    return Grant.objects.in_force(clock.today()).filter(role=Role.COUNTY_OFFICE, region=county).exists()


class GrantForm(OfficeForm):
    """A role, where it holds, and from when until when."""

    role = forms.ChoiceField(label=_("角色"))
    region = forms.ChoiceField(
        label=_("管辖地区"), required=False, help_text=_("督导办、审计和管理员角色填写。")
    )
    unit = forms.CharField(
        label=_("单位"), max_length=100, required=False, help_text=_("学校等被督导单位填写全称或代码。责任督学不填，按责任学校授权。"),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip
    starts_on = day(label=_("起"))
    ends_on = day(label=_("止"), required=False, help_text=_("不填为长期有效，每年复核。"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        regions = list(Region.objects.filter(region_scope(by, "grant.manage")).order_by("path"))
        own = next((grant.region for grant in by.grants_with("grant.manage") if grant.region), None)
        if own is not None:  # a deployment is for one place, whose administrators may reach the whole country
            regions.sort(key=lambda region: not region.path.startswith(own.path))
        usual = {"starts_on": clock.today(), "region": own.code if own else ""}
        if own is not None and own.level == Level.COUNTY and not _has_office(own):
            usual["role"] = (
                Role.COUNTY_OFFICE
            )  # later a role is chosen each time, or a form left as it is would give this one
        kwargs.setdefault("initial", usual)
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in regions}
        self._within = Unit.objects.filter(unit_scope(by, "grant.manage", unit=""), is_open=True)
        self._choose("role", [("", _("请选择")), *((role.value, role.label) for role in Authority(by).roles)])
        self._choose("region", [("", "—"), *((one.code, f"{one.name} {one.code}") for one in regions)])

    @property
    def units(self) -> list[Unit]:
        """What the page offers to pick from; of thousands a name or code is typed."""
        found = list(self._within.select_related("region").order_by("name")[: MOST_OFFERED + 1])
        return found if len(found) <= MOST_OFFERED else []

    def _unit(self, typed: str) -> Unit | None:
        """By its code, or by its name within one's own area."""
        rows = Unit.objects.select_related("region")
        named = list(self._within.select_related("region").filter(name=typed)[:2])
        return rows.filter(code=typed).first() or (named[0] if len(named) == 1 else None)

    def _choose(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("role"):
            self._clean_scope(Role(found["role"]), found)
        return found

    def _clean_scope(self, role: Role, found: dict[str, Any]) -> None:
        region, typed = self.regions.get(found.get("region", "")), found.get("unit", "")
        unit = self._unit(typed) if typed else None
        if typed and unit is None:
            self.add_error("unit", _("没有这个单位，或有多个同名的，请从列表中选择，或填写单位代码。"))
        elif "unit" in PLACES[role] and (unit is not None or "assigned" not in PLACES[role]):
            if unit is None:
                self.add_error("unit", _("请填写这一项。"))
            found["scope"] = Scope(unit=unit)
        elif "assigned" in PLACES[role]:
            found["scope"] = Scope()
        elif region is None:
            self.add_error("region", _("请填写这一项。"))
        else:
            found["scope"] = Scope(region=region)

    @property
    def span(self) -> Span:
        return Span(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class NewAccountForm(PersonForm, GrantForm):
    """A new account. Who gives no rights opens it without one."""

    username = forms.RegexField(
        r"^[0-9A-Za-z._@-]{3,60}$", label=_("账号"), help_text=_("3 位以上的字母、数字，例如手机号"),
        error_messages={"invalid": _("请用 3 至 60 位字母、数字或 . _ @ -。")},
    )  # fmt: skip
    field_order = ("username", "name", "phone", "title", "certificate_no", "role", "region", "unit")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        if not by.can("grant.manage"):
            for name in GrantForm.base_fields:
                del self.fields[name]


class LoanForm(OfficeForm):
    """To whom a right is lent, from when until when."""

    to = forms.CharField(
        label=_("代理人"), max_length=60, help_text=_("填写账号，或姓名。"),
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )  # fmt: skip
    starts_on = day(label=_("起"))
    ends_on = day(label=_("止"), help_text=_("到期自动收回"))

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        """`colleagues`: among whom one may choose."""
        kwargs["initial"] = {"starts_on": clock.today()}
        super().__init__(*args, **kwargs)
        self._colleagues = colleagues.filter(is_active=True)

    @property
    def people(self) -> list[User]:
        """What the page offers to pick from; of thousands one is typed."""
        found = list(self._colleagues.order_by("name")[: MOST_OFFERED + 1])
        return found if len(found) <= MOST_OFFERED else []

    def clean_to(self) -> User:
        typed = self.cleaned_data["to"].strip()
        named = list(self._colleagues.filter(name=typed)[:2])
        found = self._colleagues.filter(username=typed).first() or (named[0] if len(named) == 1 else None)
        if found is None:
            raise forms.ValidationError(_("没有这个人，或有多个同名的，请填写您管辖范围内的账号。"))
        return found
